import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { assertRepository } from "../review/git.ts";

/**
 * The commit from which the changes up to HEAD are still to be applied: the last one that was applied whole. So what a
 * failed or overtaken run left undone is made up for by the next.
 *
 * @param applied of the last run that ended well, if there is any
 * @returns undefined when nothing is known of it here: then every stack is to be looked at
 * @throws UserError when HEAD is older than what is up, as when an old run is started again, and when git fails
 */
export async function baseOfUpdate(applied: string | undefined, folder: string): Promise<string | undefined> {
  await assertRepository(folder);
  const contains = async (older: string, newer: string) =>
    (await run("git", ["-C", folder, "merge-base", "--is-ancestor", older, newer])).code === 0;
  if (applied === undefined || (await contains(applied, "HEAD"))) {
    return applied;
  }
  if (await contains("HEAD", applied)) {
    throw new UserError(
      `A newer commit, ${applied.slice(0, 12)}, is up already; this run would take the stacks back to an older one.\n` +
        "To go back, revert the change by a commit on the branch.",
    );
  }
  return undefined;
}
