import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import biome from "../../biome.json" with { type: "json" };
import { repository } from "../../lib/system/paths.ts";

/** Files that forges and editors read, and no program of this project. */

const read = (path: string) => readFileSync(join(repository, path), "utf8");

describe("CODEOWNERS", () => {
  const rules = read("CODEOWNERS")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/\s+/));

  test("begins with a rule for everything", () => {
    expect(rules[0]?.[0]).toBe("*");
  });

  test.each(rules)("%s is there, and has an owner", (path, ...owners) => {
    const pattern = path === "*" ? path : `${path.replace(/^\//, "")}${path.endsWith("/") ? "*" : ""}`;
    expect(globSync(pattern, { cwd: repository })).not.toEqual([]);
    expect(owners.length).toBeGreaterThan(0);
    for (const owner of owners) {
      expect(owner).toMatch(/^@[\w-]+\/[\w-]+$/);
    }
  });
});

const labels = {
  label: z.string().min(1),
  description: z.string().optional(),
  placeholder: z.string().optional(),
};
const element = {
  id: z.string().regex(/^[a-z-]+$/),
  validations: z.strictObject({ required: z.boolean() }).optional(),
};
const issueFormSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  labels: z.array(z.string()),
  body: z.array(
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("markdown"), attributes: z.strictObject({ value: z.string() }) }),
      z.strictObject({
        type: z.literal("textarea"),
        ...element,
        attributes: z.strictObject({ ...labels, render: z.string().optional() }),
      }),
      z.strictObject({ type: z.literal("input"), ...element, attributes: z.strictObject(labels) }),
      z.strictObject({
        type: z.literal("dropdown"),
        ...element,
        attributes: z.strictObject({ ...labels, options: z.array(z.string()).min(1) }),
      }),
    ]),
  ),
});

describe.each(
  globSync(".github/ISSUE_TEMPLATE/*.yml", { cwd: repository }).filter(
    (path) => !path.endsWith("/config.yml"),
  ),
)("%s", (path) => {
  test("is an issue form, each part of which has an id of its own", () => {
    const { body } = issueFormSchema.parse(parse(read(path)));
    const ids = body.flatMap((part) => ("id" in part ? [part.id] : []));
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test("editors are told the width that the formatter keeps to", () => {
  const code = /\[\*\.\{ts,js,mjs,json\}\]\n(?<rules>(?:\S.*\n)+)/.exec(read(".editorconfig"))?.groups?.rules;
  expect(code).toContain(`max_line_length = ${biome.formatter.lineWidth}\n`);
});
