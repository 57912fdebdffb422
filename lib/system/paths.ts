import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../terminal/errors.ts";
import { folderFault } from "./folderName.mjs";

/** The clone this file lies in. */
export const repository = resolve(import.meta.dirname, "../..");

/**
 * The git-ignored folder of everything that a run leaves behind: the embedded cluster, its stacks' state, kubeconfig
 * and passphrase. `OPENCLAW_LOCAL` moves it, so that tests have one of their own.
 *
 * @throws UserError for a name that the cluster's programs would take apart
 */
export function localHome(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = resolve(environment.OPENCLAW_LOCAL || resolve(repository, ".local"));
  assertUsable(folder, "OPENCLAW_LOCAL");
  return folder;
}

/**
 * @param variable moves the folder
 * @throws UserError that names the character
 */
export function assertUsable(folder: string, variable: string): void {
  const real = withLinksResolved(folder);
  const fault = folderFault(folder) ?? folderFault(real);
  if (fault !== undefined) {
    throw new UserError(
      `The folder ${JSON.stringify(folderFault(folder) === undefined ? real : folder)} must not have ${fault} in its name: ` +
        `kwokctl or a list of paths would take it apart. Set ${variable} to another one.`,
    );
  }
}

/** The real path of a folder that need not be there yet. */
function withLinksResolved(folder: string): string {
  return existsSync(folder) || folder === dirname(folder)
    ? realpathSync(folder)
    : join(withLinksResolved(dirname(folder)), basename(folder));
}
