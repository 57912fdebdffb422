import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunOptions, run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";

/** The changes of a branch, according to git. */

export interface ChangedFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly status: FileStatus;
}

export type FileStatus = "added" | "modified" | "deleted";

export interface Changes {
  /** The commit at which the branch left its base: what a pull request is compared with. */
  readonly mergeBase: string;
  readonly head: string;
  readonly hasUncommitted: boolean;
  /** Committed since the merge base or not yet, untracked files too; a renamed file is one deleted and one added. */
  readonly files: readonly ChangedFile[];
}

/**
 * @param base a branch, tag or commit
 * @param folder of the repository
 * @throws UserError where git is missing or fails, the folder no repository, the base unknown, or history cut off before it
 */
export async function changesSince(base: string, folder: string): Promise<Changes> {
  await assertRepository(folder);
  const mergeBase = await mergeBaseWith(base, folder);
  const tracked = await git(folder, "diff", "--name-status", "--no-renames", "--relative", "-z", mergeBase);
  const untracked = await git(folder, "ls-files", "--others", "--exclude-standard", "-z");
  const uncommitted = await git(folder, "status", "--porcelain", "-z", "--", ".");
  return {
    mergeBase,
    head: (await git(folder, "rev-parse", "HEAD")).trim(),
    hasUncommitted: uncommitted !== "",
    files: [
      ...changedFiles(ended(tracked)),
      ...ended(untracked).map((path) => ({ path, status: "added" as const })),
    ],
  };
}

/**
 * @param words status and path of each file by turns, as `git diff --name-status --no-renames -z` prints them
 * @throws UserError for what is no such list
 */
export function changedFiles(words: readonly string[]): ChangedFile[] {
  return words.flatMap((path, index) =>
    index % 2 === 0 ? [] : [{ path, status: statusOf(words[index - 1] ?? "", path) }],
  );
}

function statusOf(letter: string, path: string): FileStatus {
  switch (letter) {
    case "A":
      return "added";
    case "D":
      return "deleted";
    case "M":
    case "T":
      return "modified";
    default:
      throw new UserError(
        `"${letter}" of ${path} is no status; the list is what \`git diff --name-status --no-renames\` prints`,
      );
  }
}

/** Does `work` with the YAML files of a commit in a temporary folder, which stands for the repository as it was. */
export async function withFilesOf<T>(
  commit: string,
  folder: string,
  work: (then: string) => T | Promise<T>,
): Promise<T> {
  const temporary = await mkdtemp(join(tmpdir(), "openclaw-review-"));
  try {
    // An index of its own: the user's stays as it is. `git archive` would leave out what attributes exclude from it.
    const env = { ...process.env, GIT_INDEX_FILE: join(temporary, "index") };
    const then = join(temporary, "files");
    const prefix = (await git(folder, "rev-parse", "--show-prefix")).trim();
    await gitWith({ env }, folder, "read-tree", commit);
    const names = await gitWith({ env }, folder, "ls-files", "-z", "--", ...settingsAndTenants);
    await gitWith({ env, input: names }, folder, "checkout-index", "-z", "--stdin", `--prefix=${then}/`);
    return await work(join(then, prefix));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const settingsAndTenants = [":(icase)*.yaml", ":(icase)*.yml", "tenants/tenant.schema.json"];

/** @throws UserError where git is missing or refuses the folder, or it is no repository */
export async function assertRepository(folder: string): Promise<void> {
  // Its words are known in English only.
  const env = { ...process.env, LC_ALL: "C" };
  const { code, stderr } = await run("git", ["-C", folder, "rev-parse", "--git-dir"], { env });
  if (code === 127) {
    throw new UserError("There is no git on PATH, and a review asks it what has changed.");
  }
  if (/^fatal: not a git repository \(or any/m.test(stderr)) {
    throw new UserError(
      `${folder} is no git repository, so nothing says what has changed. Work in a clone, or \`git init\` and commit.`,
    );
  }
  if (code !== 0) {
    throw failureOf("rev-parse", stderr);
  }
}

async function mergeBaseWith(base: string, folder: string): Promise<string> {
  const commit = await commitOf(base, folder);
  if (commit === undefined) {
    const remote = `origin/${base}`;
    const isThere = (await commitOf(remote, folder)) !== undefined;
    throw new UserError(
      `There is no commit "${base}" here. ${isThere ? `Did you mean --base ${remote}?` : `\`git fetch origin ${base}\`, then --base FETCH_HEAD.`}`,
    );
  }
  const { code, stdout, stderr } = await run("git", ["-C", folder, "merge-base", commit, "HEAD"]);
  if (code === 0) {
    return stdout.trim();
  }
  if (stderr !== "") {
    throw failureOf("merge-base", stderr);
  }
  const isShallow = (await git(folder, "rev-parse", "--is-shallow-repository")).trim() === "true";
  throw new UserError(
    isShallow
      ? `This clone is shallow: its history ends before the commit that it shares with ${base}. ` +
          "`git fetch --unshallow`, or in CI fetch the whole history (actions/checkout: fetch-depth: 0)."
      : `${base} and HEAD have no commit in common, so nothing says what has changed.`,
  );
}

async function commitOf(name: string, folder: string): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const { code, stdout, stderr } = await run("git", ["-C", folder, ...args]);
  if (code !== 0 && stderr !== "") {
    throw failureOf("rev-parse", stderr);
  }
  return code === 0 ? stdout.trim() : undefined;
}

/** The failure in git's own words, which say what to do. */
const failureOf = (command: string, stderr: string) =>
  new UserError(`git ${command} failed: ${stderr.trim()}`);

const git = (folder: string, ...args: string[]): Promise<string> => gitWith({}, folder, ...args);

async function gitWith(options: RunOptions, folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run("git", ["-C", folder, ...args], options);
  if (code !== 0) {
    throw failureOf(`${args[0]}`, stderr);
  }
  return stdout;
}

/** The texts that `-z` ends with a zero byte each. */
const ended = (output: string): string[] => output.split("\0").slice(0, -1);
