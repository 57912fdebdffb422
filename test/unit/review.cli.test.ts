import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { UserError } from "../../lib/terminal/errors.ts";
import { runMain } from "../../ops/main.ts";
import { joinParts } from "../../ops/review/join.ts";
import { noPreview } from "../../ops/review/preview.ts";
import { preview, review } from "../fixtures/review.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

/** Runs the command in this process; what it prints, and its exit code. */
async function run(...args: string[]) {
  const out: string[] = [];
  const say = (text: unknown) => void out.push(String(text));
  const log = vi.spyOn(console, "log").mockImplementation(say);
  const error = vi.spyOn(console, "error").mockImplementation(say);
  try {
    return { code: await runMain(["review", ...args]), text: out.join("\n") };
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
}

describe("parts of a review", () => {
  const part = (stack: string, commit = "a") =>
    JSON.stringify(
      review({
        head: { commit, hasUncommitted: false },
        touched: ["x", "y", "z"].map((each) => ({ stack: each, because: ["program"] })),
        previews: [preview({ stack })],
      }),
    );

  test("become one, in which a touched stack without a part is not passed over", async () => {
    using folder = temporaryFolder({ "part-x.json": part("x"), "part-y.json": part("y"), "notes.txt": "" });
    const joined = await joinParts(folder.path);
    expect(joined.previews.map(({ stack }) => stack)).toEqual(["x", "y"]);
    const { code, text } = await run("--join", folder.path);
    expect(code).toBe(0);
    expect(text).toContain("- `z` is touched, and not previewed here.");
  });

  test("of which one has failed end with exit code 1", async () => {
    const failed = JSON.stringify(review({ previews: [noPreview("x", "failed", "no")] }));
    using folder = temporaryFolder({ "x.json": failed });
    expect((await run("--join", folder.path)).code).toBe(1);
  });

  test.each<[what: string, files: Readonly<Record<string, string>>, complaint: RegExp]>([
    ["none", {}, /there is no \.json file/],
    [
      "of different commits",
      { "a.json": part("x"), "b.json": part("y", "c") },
      /parts of one comment are of the same commits/,
    ],
    ["one that is no part", { "a.json": "{}" }, /a\.json is no part of a review/],
    ["one that is no JSON", { "a.json": "{" }, /a\.json is no part of a review/],
  ])("are refused: %s", async (_, files, complaint) => {
    using folder = temporaryFolder(files);
    await expect(joinParts(folder.path)).rejects.toThrow(complaint);
    await expect(joinParts(folder.path)).rejects.toBeInstanceOf(UserError);
  });

  test("in a folder that is not there are a user's mistake", async () => {
    expect(await run("--join", "/nowhere/at/all")).toEqual({
      code: 1,
      text: expect.stringMatching(/no such folder/),
    });
  });
});

describe("the touched stacks of a list of files", () => {
  test("are printed a line each, or as JSON with what CI needs", async () => {
    using folder = temporaryFolder({ files: "M\tPulumi.dev.yaml\nD\tPulumi.gone.yaml\n" });
    const args = ["--list-stacks", "--from-files", join(folder.path, "files")];
    const { code, text } = await run(...args);
    expect(code).toBe(0);
    expect(text.split("\n").at(-1)).toBe("dev");
    expect(text).toMatch(/^warning: Pulumi\.gone\.yaml is deleted/);
    expect(JSON.parse((await run(...args, "--json")).text)).toEqual({
      stacks: [
        {
          stack: "dev",
          role: "owner",
          platform: "dev",
          clusterKind: "existing",
          canary: false,
          because: ["settings"],
        },
      ],
      notSetUp: [],
      findings: [expect.stringMatching(/Pulumi\.gone\.yaml/)],
    });
  });

  test("may be none", async () => {
    using folder = temporaryFolder({ files: "M\tREADME.md\n" });
    expect(await run("--list-stacks", "--from-files", join(folder.path, "files"))).toEqual({
      code: 0,
      text: "",
    });
  });
});

test("--out writes to a file, in which the comment ends with a line", async () => {
  using folder = temporaryFolder({ "parts/a.json": JSON.stringify(review()) });
  const out = join(folder.path, "comment.md");
  expect(await run("--join", join(folder.path, "parts"), "--out", out)).toEqual({ code: 0, text: "" });
  expect(readFileSync(out, "utf8")).toMatch(/^<!-- [\s\S]*\.\n$/);
});

test.each<[args: string[], code: number, complaint: RegExp]>([
  [["--help"], 0, /usage: npm run review/],
  [["--nonsense"], 2, /--nonsense/],
  [["--from-files", "x"], 2, /--from-files requires --list-stacks/],
  [["--", "x"], 2, /Nothing may follow/],
  [["--base", "no-such-branch"], 1, /no commit "no-such-branch"|no git repository/],
  [["--policy-pack", "docs"], 1, /no PulumiPolicy\.yaml/],
  [["--list-stacks", "--from-files", "/nowhere"], 1, /no such file/],
])("%j ends with %i and says why", async (args, code, complaint) => {
  expect(await run(...args)).toEqual({ code, text: expect.stringMatching(complaint) });
});
