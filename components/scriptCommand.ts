import { scriptFile } from "./scriptFile.ts";

/**
 * The command of a container that runs a shell script, which it carries in itself: a Job in a tenant's namespace needs
 * nothing there but the tenant's own objects. Without comments, because the state holds it for every tenant, twice.
 *
 * @param folder absolute path of the script's folder
 * @param script name of the file without `.sh`
 * @param words what the script is to do, where it does one of several things
 */
export const scriptCommand = (folder: string, script: string, ...words: readonly string[]): string[] => [
  ...["sh", "-eu", "-c"],
  scriptFile(folder, `${script}.sh`).replace(/^\s*#.*\n/gm, ""),
  script,
  ...words,
];

/** The same of a container with Node that runs a module. @param module name of the file without `.mjs` */
export const moduleCommand = (folder: string, module: string): string[] => [
  ...["node", "--input-type=module", "--eval"],
  scriptFile(folder, `${module}.mjs`),
];
