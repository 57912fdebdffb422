import { globSync } from "node:fs";
import { matchesGlob } from "node:path";
import { repository } from "../../lib/system/paths.ts";

/** The files that isolation depends on: the rules, and in ops everything that refuses, locks, compares or deletes. */
export const mutatedFolders: Readonly<Record<string, readonly string[]>> = {
  tenants: ["tenants/*.ts"],
  "components/tenant": [
    "components/{tenant,backup,instance,services/accounts}/*.ts",
    "components/identity/identity.ts",
  ],
  "components/preflight": ["components/preflight/*.ts"],
  policy: ["policy/**/*.ts", "lib/cidr.ts"],
  guards: [
    "components/{registration,stackTraces}.ts",
    "ops/backup/{purge,restorePlan}.ts",
    "ops/stack/{leftovers,locks,pendingOperations,session,settingsCopy,stack}.ts",
    "ops/rollout/rollout.ts",
    "ops/orphans/compare.ts",
    "ops/review/{danger,privacy}.ts",
    "ops/roots/*.ts",
    "lib/system/lock.ts",
  ],
};

/** Paths in the repository of all files that are mutated. */
export const mutatedFiles = (): string[] =>
  Object.values(mutatedFolders)
    .flatMap((globs) => globs.flatMap((glob) => globSync(glob, { cwd: repository })))
    .toSorted();

export const folderOf = (file: string): string =>
  Object.entries(mutatedFolders).find(([, globs]) => globs.some((glob) => matchesGlob(file, glob)))?.[0] ??
  "other";
