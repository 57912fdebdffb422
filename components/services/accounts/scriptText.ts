import { join } from "node:path";
import { scriptFile } from "../../scriptFile.ts";

const folder = join(import.meta.dirname, "scripts");

/** Without comments: the state holds it for every tenant, twice. */
const shell = (script: string): string => scriptFile(folder, `${script}.sh`).replace(/^\s*#.*\n/gm, "");

/**
 * The command of a container that runs a script of scripts/, which it carries in itself: a Job in a tenant's namespace
 * needs nothing there but the tenant's own objects.
 *
 * @param script name of the file without `.sh`
 * @param words what the script is to do, where it does one of several things
 */
export const scriptCommand = (script: string, ...words: readonly string[]): string[] => [
  ...["sh", "-eu", "-c"],
  shell(script),
  script,
  ...words,
];

/** The command of a container with Node that runs a module of scripts/. @param module name of the file without `.mjs` */
export const moduleCommand = (module: string): string[] => [
  ...["node", "--input-type=module", "--eval"],
  scriptFile(folder, `${module}.mjs`),
];
