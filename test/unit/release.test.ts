import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import packageJson from "../../package.json" with { type: "json" };
import { release, statesFolder } from "../../tools/release/index.ts";
import { gitRepository } from "../fixtures/gitRepository.ts";

const today = "2027-01-02";
const next = "## [Unreleased]\n\n### Added\n\n- A thing.\n";
const former = "## 0.2.0 (2026-11-26)\n\n- Before.\n";

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const filesAt = (version: string, changelog: string) => ({
  "package.json": json({ name: "x", version, dependencies: { y: "0.2.0" } }),
  "package-lock.json": json({ name: "x", version, packages: { "": { version }, y: { version: "0.2.0" } } }),
  "CHANGELOG.md": changelog,
});

/** A repository of version 0.2.0 in which something is unreleased. */
function repository(changelog = `# Changelog\n\n${next}\n${former}`) {
  const states = Object.fromEntries(
    ["0.2.0", "0.3.0"].map((version) => [`test/upgrade/v${version}/cell.json.gz`, ""]),
  );
  const made = gitRepository({ ...filesAt("0.2.0", changelog), ...states });
  for (const [key, value] of [
    ["user.name", "Test"],
    ["user.email", "test@example.com"],
    ["commit.gpgsign", "false"],
    ["tag.gpgsign", "false"],
  ] as const) {
    made.git("config", key, value);
  }
  return {
    ...made,
    release: (argument: string, isDryRun = false) =>
      release({ folder: made.path, argument, today, isDryRun }),
    read: (name: string) => readFileSync(join(made.path, name), "utf8"),
    state: () => [made.git("log", "--format=%s%d"), made.git("status", "--porcelain"), made.git("tag")],
  };
}

test("a release gives the version to three files, in one commit with an annotated tag", async () => {
  using here = repository();
  expect((await here.release("minor")).version).toBe("0.3.0");
  expect(here.read("package.json")).toBe(filesAt("0.3.0", "")["package.json"]);
  expect(here.read("package-lock.json")).toBe(filesAt("0.3.0", "")["package-lock.json"]);
  expect(here.read("CHANGELOG.md")).toBe(
    `# Changelog\n\n## [Unreleased]\n\n## [0.3.0] - 2027-01-02\n\n### Added\n\n- A thing.\n\n${former}`,
  );
  expect(here.git("log", "--format=%s")).toBe("Release 0.3.0\nfirst\n");
  expect(here.git("for-each-ref", "refs/tags", "--format=%(objecttype) %(refname:short)")).toBe(
    "tag v0.3.0\n",
  );
  expect(here.git("rev-parse", "v0.3.0^{commit}")).toBe(here.git("rev-parse", "HEAD"));
  expect(here.git("status", "--porcelain")).toBe("");
});

test("a dry run says what would be done, and does nothing", async () => {
  using here = repository();
  const before = here.state();
  expect((await here.release("0.3.0", true)).report).toEqual([
    "package.json, package-lock.json, CHANGELOG.md: 0.3.0",
    "commit: Release 0.3.0",
    "tag: v0.3.0",
  ]);
  expect(here.state()).toEqual(before);
});

test("addresses of versions follow", async () => {
  const addresses = (lines: string) => `${former}\n${lines}`;
  using here = repository(
    `${next}\n${addresses("[Unreleased]: https://x.example/compare/v0.2.0...HEAD\n[0.2.0]: https://x.example/v0.2.0\n")}`,
  );
  await here.release("minor");
  expect(here.read("CHANGELOG.md")).toContain(
    addresses(
      "[Unreleased]: https://x.example/compare/v0.3.0...HEAD\n" +
        "[0.3.0]: https://x.example/compare/v0.2.0...v0.3.0\n[0.2.0]: https://x.example/v0.2.0\n",
    ),
  );
});

type Here = ReturnType<typeof repository>;

test.each<[what: string, prepare: (here: Here) => void, argument: string, message: RegExp]>([
  ["another branch", ({ git }) => git("switch", "-c", "work"), "minor", /on main, and work is checked out/],
  [
    "no branch",
    ({ git }) => git("switch", "--detach"),
    "minor",
    /no branch is checked out; `git switch main`/,
  ],
  ["a changed file", ({ write }) => write("CHANGELOG.md", next), "minor", /not: CHANGELOG\.md/],
  ["a file that git does not know", ({ write }) => write("a b.ts", ""), "minor", /not: a b\.ts/],
  [
    "a version that skips one",
    () => {},
    "0.4.0",
    /does not follow 0\.2\.0.*0\.2\.1 \(patch\), 0\.3\.0 \(minor\)/,
  ],
  ["the same version", () => {}, "0.2.0", /does not follow/],
  ["a tag of another commit", ({ git }) => git("tag", "v0.3.0"), "minor", /tag v0\.3\.0 is there already/],
  ["a patch that adds something", () => {}, "patch", /"Added" under Unreleased is more than a patch/],
  [
    "nothing unreleased",
    (here) => {
      here.write("CHANGELOG.md", `## [Unreleased]\n\n### Added\n\n<!-- none\nyet -->\n\n${former}`);
      here.commit("none");
    },
    "minor",
    /nothing stands under Unreleased/,
  ],
  [
    "no section of what is unreleased",
    (here) => {
      here.write("CHANGELOG.md", former);
      here.commit("none");
    },
    "minor",
    /heading "## \[Unreleased\]" is required/,
  ],
  [
    "a version whose states are not recorded",
    (here) => {
      here.remove("test/upgrade/v0.2.0/cell.json.gz");
      here.commit("not recorded");
    },
    "minor",
    /^test\/upgrade\/v0\.2\.0 is required/,
  ],
  [
    "a section of that version",
    (here) => {
      here.write("CHANGELOG.md", `${next}\n## [0.3.0] - 2027-01-01\n\n${former}`);
      here.commit("early");
    },
    "minor",
    /0\.3\.0 has a section already/,
  ],
])("%s is refused, and nothing is changed", async (_, prepare, argument, message) => {
  using here = repository();
  prepare(here);
  const before = here.state();
  await expect(here.release(argument)).rejects.toThrow(UserError);
  await expect(here.release(argument)).rejects.toThrow(message);
  expect(here.state()).toEqual(before);
});

test.each(["v0.3.0", "0.3", "next", "0.3.0-rc.1", ""])("%j is wrong usage", async (argument) => {
  using here = repository();
  await expect(here.release(argument)).rejects.toThrow(UsageError);
});

/** What the same command makes when nothing ended it. */
async function finished(argument: string) {
  using here = repository();
  await here.release(argument);
  return here.state();
}

test.each(["minor", "0.3.0"])("what an ended run has left is gone on from: %s", async (argument) => {
  const wanted = await finished(argument);
  using here = repository();
  // Ended by a hook after the files were written, as by Ctrl-C there.
  const hook = join(here.path, ".git", "hooks", "pre-commit");
  writeFileSync(hook, "#!/bin/sh\nexit 1\n");
  chmodSync(hook, 0o755);
  await expect(here.release(argument)).rejects.toThrow(/^git commit failed/);
  expect(here.read("package.json")).toContain("0.3.0");
  // In the middle of another file.
  here.git("restore", "CHANGELOG.md");
  here.write("CHANGELOG.md.part", "# Chan");
  writeFileSync(hook, "#!/bin/sh\n");
  await here.release(argument);
  expect(here.state()).toEqual(wanted);
  // Between the commit and the tag.
  here.git("tag", "--delete", "v0.3.0");
  await here.release(argument);
  expect(here.state()).toEqual(wanted);
  // After everything.
  expect((await here.release(argument)).report).toEqual([
    "0.3.0 is released already: the tag v0.3.0 is at HEAD",
  ]);
  expect(here.state()).toEqual(wanted);
});

test("the version after a release takes something that is unreleased", async () => {
  using here = repository();
  await here.release("minor");
  await expect(here.release("major")).rejects.toThrow(/nothing stands under Unreleased/);
  here.write(
    "CHANGELOG.md",
    here.read("CHANGELOG.md").replace("[Unreleased]\n", "[Unreleased]\n\n- A mend.\n"),
  );
  here.commit("a mend");
  expect((await here.release("patch")).version).toBe("0.3.1");
});

test("today's own changelog and package files are read, and written in their form", async () => {
  const own = (name: string) => readFileSync(join(import.meta.dirname, "../..", name), "utf8");
  const changelog = own("CHANGELOG.md").replace(/^## (\[?unreleased\]?)\n/im, "");
  using here = repository(changelog.replace("\n## ", "\n## [Unreleased]\n\n- A thing.\n\n## "));
  for (const name of ["package.json", "package-lock.json"]) {
    here.write(name, own(name));
  }
  here.write(`${statesFolder(packageJson.version)}/cell.json.gz`, "");
  here.commit("own");
  const { version } = await here.release("minor");
  const changed = here.git("show", "--numstat", "--format=", "HEAD", "--", "*.json").trim().split("\n");
  expect(changed.toSorted()).toEqual(["1\t1\tpackage.json", "2\t2\tpackage-lock.json"]);
  expect(here.read("CHANGELOG.md")).toContain(`## [${version}] - ${today}`);
});
