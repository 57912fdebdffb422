import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { assertReleasable, releasedChangelog, releasedVersions } from "./changelog.ts";
import { lockWith, packageWith, versionOf } from "./packageFiles.ts";
import { type Wanted, wantedVersion } from "./version.ts";

/**
 * A release is a commit that gives the version to three files, and an annotated tag on it. What a run that was ended has
 * left is what the same command goes on from: files that are already as they will be, or a commit without its tag.
 */

export interface ReleaseOptions {
  /** Folder of the repository. */
  readonly folder: string;
  /** `patch`, `minor`, `major` or a version. */
  readonly argument: string;
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly isDryRun: boolean;
}

export interface Released {
  readonly version: string;
  /** The actions, or with a dry run those that would be taken; a line each. */
  readonly report: readonly string[];
}

const branch = "main";
const files = ["package.json", "package-lock.json", "CHANGELOG.md"] as const;
type FileName = (typeof files)[number];
type Texts = Readonly<Record<FileName, string>>;

const subjectOf = (version: string): string => `Release ${version}`;
const tagOf = (version: string): string => `v${version}`;

/** @throws UserError that says what to mend; then nothing but what an earlier run of it has left is changed */
export async function release(options: ReleaseOptions): Promise<Released> {
  const { folder, argument } = options;
  await assertOnBranch(folder);
  const committed = await textsOf("HEAD", folder);
  const done = await releaseAtHead(argument, committed, folder);
  if (done !== undefined) {
    await assertClean(folder, []);
    return finish(done, options);
  }
  const wanted = wantedVersion(versionOf(committed["package.json"]), argument);
  await assertRecorded(committed["package.json"], folder);
  assertFresh(wanted, committed["CHANGELOG.md"]);
  await assertNoTag(wanted.version, folder);
  const texts = textsWith(wanted.version, options.today, committed);
  await assertClean(folder, files, texts);
  return begin(wanted.version, texts, options);
}

/** Whoever takes the next version comes from this one, and the upgrade test previews that way. */
async function assertRecorded(packageJson: string, folder: string): Promise<void> {
  const states = statesFolder(versionOf(packageJson));
  const { code } = await run("git", ["-C", folder, "cat-file", "-e", `HEAD:./${states}`]);
  if (code !== 0) {
    throw new UserError(
      `${states} is required: the states that the version before this one left. ` +
        "test/upgrade/README.md says how they are recorded.",
    );
  }
}

/** The folder of the states that a version leaves to those after it. */
export const statesFolder = (version: string): string => `test/upgrade/v${version}`;

function assertFresh({ version, step }: Wanted, changelog: string): void {
  assertReleasable(changelog, step);
  if (releasedVersions(changelog).includes(version)) {
    throw new UserError(
      `CHANGELOG.md: ${version} has a section already, and package.json has an earlier version.`,
    );
  }
}

const textsWith = (version: string, date: string, texts: Texts): Texts => ({
  "package.json": packageWith(texts["package.json"], version),
  "package-lock.json": lockWith(texts["package-lock.json"], version),
  "CHANGELOG.md": releasedChangelog(texts["CHANGELOG.md"], version, date),
});

async function begin(version: string, texts: Texts, options: ReleaseOptions): Promise<Released> {
  const { folder, isDryRun } = options;
  const report = [`${files.join(", ")}: ${version}`, `commit: ${subjectOf(version)}`];
  if (!isDryRun) {
    for (const name of files) {
      await writeWhole(join(folder, name), texts[name]);
    }
    await git(folder, "commit", "--quiet", "--message", subjectOf(version), "--", ...files);
  }
  const { report: rest } = await finish({ version, isTagged: false }, options);
  return { version, report: [...report, ...rest] };
}

interface ReleaseAtHead {
  readonly version: string;
  readonly isTagged: boolean;
}

async function finish(
  { version, isTagged }: ReleaseAtHead,
  { folder, isDryRun }: ReleaseOptions,
): Promise<Released> {
  const tag = tagOf(version);
  if (isTagged) {
    return { version, report: [`${version} is released already: the tag ${tag} is at HEAD`] };
  }
  if (!isDryRun) {
    await git(folder, "tag", "--annotate", "--message", subjectOf(version), tag);
  }
  return { version, report: [`tag: ${tag}`] };
}

/** The release that the last commit is, if it is the one that is asked for: by its version, or from the one before it. */
async function releaseAtHead(
  argument: string,
  { "package.json": packageJson }: Texts,
  folder: string,
): Promise<ReleaseAtHead | undefined> {
  const version = versionOf(packageJson);
  const subject = (await git(folder, "log", "-1", "--format=%s")).trim();
  if (subject !== subjectOf(version)) {
    return undefined;
  }
  const before = versionOf(await git(folder, "show", "HEAD^:package.json"));
  if (argument !== version && wantedVersion(before, argument).version !== version) {
    return undefined;
  }
  const [head, tagged] = [await commitOf("HEAD", folder), await commitOf(tagOf(version), folder)];
  if (tagged !== undefined && tagged !== head) {
    throw tagElsewhere(version);
  }
  return { version, isTagged: tagged !== undefined };
}

async function assertOnBranch(folder: string): Promise<void> {
  const { code, stdout, stderr } = await run("git", ["-C", folder, "branch", "--show-current"]);
  if (code !== 0) {
    throw new UserError(`A release is a commit and a tag, and git says of ${folder}: ${stderr.trim()}`);
  }
  const current = stdout.trim();
  if (current !== branch) {
    const found = current === "" ? "no branch is checked out" : `${current} is checked out`;
    throw new UserError(`A release must be made on ${branch}, and ${found}; \`git switch ${branch}\`.`);
  }
}

/**
 * @param mayBe files that may already be as `texts` has them
 * @throws UserError for any other file that is not as it was committed
 */
async function assertClean(folder: string, mayBe: readonly FileName[], texts?: Texts): Promise<void> {
  const status = await git(folder, "status", "--porcelain", "--no-renames", "-z", "--untracked-files=all");
  const changed = status.split("\0").flatMap((line) => (line === "" ? [] : [line.slice(3)]));
  const parts: readonly string[] = mayBe.map(partOf);
  const others: string[] = [];
  for (const path of changed.filter((each) => !parts.includes(each))) {
    const name = mayBe.find((each) => each === path);
    const isAsWanted = name !== undefined && (await readFile(join(folder, name), "utf8")) === texts?.[name];
    if (!isAsWanted) {
      others.push(path);
    }
  }
  if (others.length > 0) {
    throw new UserError(
      `Everything must be committed before a release, and this is not: ${others.join(", ")}\n` +
        "Commit it, or take it back (`git restore --staged --worktree FILE`; a release that was ended on another day left package.json, package-lock.json and CHANGELOG.md).",
    );
  }
}

async function assertNoTag(version: string, folder: string): Promise<void> {
  if ((await commitOf(tagOf(version), folder)) !== undefined) {
    throw tagElsewhere(version);
  }
}

const tagElsewhere = (version: string): UserError =>
  new UserError(
    `The tag ${tagOf(version)} is there already, at another commit: \`git show ${tagOf(version)}\`. ` +
      `If nobody has it yet, \`git tag --delete ${tagOf(version)}\`; else release the next version.`,
  );

async function textsOf(commit: string, folder: string): Promise<Texts> {
  const text = (name: FileName) => git(folder, "show", `${commit}:./${name}`);
  return {
    "package.json": await text("package.json"),
    "package-lock.json": await text("package-lock.json"),
    "CHANGELOG.md": await text("CHANGELOG.md"),
  };
}

async function commitOf(name: string, folder: string): Promise<string | undefined> {
  const { code, stdout } = await run("git", [
    ...["-C", folder, "rev-parse", "--verify", "--quiet"],
    `${name}^{commit}`,
  ]);
  return code === 0 ? stdout.trim() : undefined;
}

/** The name of a file while it is written. */
const partOf = (file: string): string => `${file}.part`;

/** Writes a file whose name has the whole text or none of it, whenever the run ends. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(partOf(file), text);
  await rename(partOf(file), file);
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("git", ["-C", folder, ...args]);
  if (code !== 0) {
    throw new UserError(`git ${args[0]} failed: ${stderr.trim() || stdout.trim()}`);
  }
  return stdout;
}
