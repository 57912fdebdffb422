import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { assertUsable } from "./paths.ts";

/**
 * Where built and downloaded binaries live, shared by all clones of the user: `OPENCLAW_CACHE`, else the platform's
 * folder for caches. It can be deleted at any time.
 *
 * @throws UserError for a name that the programs in it would take apart
 */
export function cacheRoot(environment: NodeJS.ProcessEnv = process.env): string {
  const folder = environment.OPENCLAW_CACHE ? resolve(environment.OPENCLAW_CACHE) : usersCache(environment);
  assertUsable(folder, "OPENCLAW_CACHE");
  return folder;
}

function usersCache(environment: NodeJS.ProcessEnv): string {
  const home = environment.HOME || homedir();
  const platformDefault =
    process.platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
  return join(environment.XDG_CACHE_HOME || platformDefault, "openclaw-tenants");
}

/** `linux-x64`: binaries of one home folder may be used from several machines. */
export const platformName = `${process.platform}-${process.arch}`;
