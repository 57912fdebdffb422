import { resolve } from "node:path";

/** The clone this file lies in. */
export const repository = resolve(import.meta.dirname, "../..");

/**
 * The git-ignored folder of everything that a run leaves behind: the embedded cluster, its stacks' state, kubeconfig
 * and passphrase. `OPENCLAW_LOCAL` moves it, so that tests have one of their own.
 */
export function localHome(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment.OPENCLAW_LOCAL || resolve(repository, ".local"));
}
