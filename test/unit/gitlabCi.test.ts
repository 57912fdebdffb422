import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { repository } from "../../lib/system/paths.ts";
import { stageNames } from "../../ops/ci/stages.ts";
import { unknownCommands } from "../fixtures/commandLines.ts";

/** The .gitlab-ci.yml that docs/ci.md gives whole. */
function gitlabCi(page: string): string {
  const text = readFileSync(join(repository, "docs", page), "utf8");
  return /^```yaml\n(# \.gitlab-ci\.yml\n[\s\S]*?)^```$/m.exec(text)?.[1] ?? "";
}

const jobSchema = z.strictObject({
  extends: z.string().optional(),
  stage: z.string().optional(),
  rules: z.array(z.strictObject({ if: z.string(), when: z.literal("always").optional() })).optional(),
  needs: z.array(z.string()).optional(),
  interruptible: z.boolean().optional(),
  resource_group: z.string().optional(),
  environment: z.strictObject({ name: z.string(), action: z.literal("access").optional() }).optional(),
  id_tokens: z.record(z.string(), z.strictObject({ aud: z.string() })).optional(),
  script: z.array(z.string()).optional(),
  artifacts: z.record(z.string(), z.unknown()).optional(),
});
const { stages, workflow, default: defaults, variables, ...rest } = parse(gitlabCi("ci.md"));
const jobs = z.record(z.string(), jobSchema).parse(rest);

/** A job with what it extends. */
function whole(name: string): z.infer<typeof jobSchema> {
  const job = jobs[name] ?? {};
  return job.extends === undefined ? job : { ...whole(job.extends), ...job };
}
const names = Object.keys(jobs).filter((name) => !name.startsWith("."));
const withTokens = names.filter((name) => whole(name).id_tokens !== undefined);

test("the page in Chinese has the same file", () => {
  expect(gitlabCi("ci.zh-CN.md")).toBe(gitlabCi("ci.md"));
});

test("stages, defaults and every job are of GitLab's form", () => {
  expect(workflow.rules).toHaveLength(3);
  expect(defaults).toMatchObject({ interruptible: false, timeout: expect.any(String) });
  expect(variables.GIT_DEPTH).toBe("0");
  for (const name of names) {
    expect(stages, name).toContain(whole(name).stage);
    expect(whole(name).script?.length, name).toBeGreaterThan(0);
  }
});

test("what is cached lies where GitLab can cache it and git does not see it", () => {
  const folders = [variables.OPENCLAW_CACHE, variables.npm_config_cache].map((folder) =>
    folder.replace(/^\$CI_PROJECT_DIR\//, ""),
  );
  for (const path of defaults.cache.paths) {
    expect(
      folders.some((folder) => `${path}/`.startsWith(`${folder}/`)),
      path,
    ).toBe(true);
    expect(path).toMatch(/^\.local\//);
  }
  // GitLab takes two at most.
  expect(defaults.cache.key.files).toEqual(["package-lock.json", "embedded/versions.ts"]);
});

test("every command that is called exists and knows the options it is given", async () => {
  expect(await unknownCommands(names.flatMap((name) => whole(name).script ?? []))).toEqual([]);
});

test("a failed command is not hidden in a substitution", () => {
  for (const name of names) {
    for (const line of whole(name).script ?? []) {
      expect(line, name).not.toMatch(/(eval|for \w+ in|echo) "?\$\(/);
    }
  }
});

describe("a merge request", () => {
  const own = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID";

  test("from a fork gets the check of the files alone", () => {
    const forForks = names.filter((name) =>
      whole(name).rules?.some(({ if: rule }) => rule.includes("merge_request_event") && !rule.includes(own)),
    );
    expect(forForks).toEqual(["check"]);
    expect(withTokens).not.toContain("check");
    expect(whole("check").environment).toBeUndefined();
  });

  test("is commented on even if a preview failed", () => {
    expect(whole("comment").rules).toEqual([expect.objectContaining({ when: "always" })]);
  });
});

test("a job that logs in is in an environment, and no other has a token", () => {
  expect(withTokens).toEqual(["preview", "platforms", "canaries", "cells", "drift"]);
  const logIn = names.filter((name) => whole(name).script?.some((line) => line.includes("pipeline login")));
  expect(logIn).toEqual(withTokens);
  expect(withTokens.map((name) => whole(name).environment?.name)).toEqual([
    "preview",
    "platform",
    "cell",
    "cell",
    "preview",
  ]);
});

test("stacks are applied on main only, in order, by jobs that are called as the stages", () => {
  const applying = names.filter((name) => whole(name).extends === ".apply");
  expect(applying).toEqual(stageNames.slice(0, 3));
  expect(stages.filter((stage: string) => applying.includes(stage))).toEqual(applying);
  for (const name of applying) {
    expect(whole(name).resource_group).toBe("up");
    expect(whole(name).rules).toEqual([
      { if: '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' },
    ]);
  }
});
