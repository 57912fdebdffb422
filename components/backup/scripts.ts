import { join } from "node:path";
import { moduleCommand, scriptCommand } from "../scriptCommand.ts";

const folder = join(import.meta.dirname, "scripts");

/** Command of a container that runs a script of scripts/. @param script name of the file without `.sh` */
export const backupScript = (script: string, ...words: readonly string[]): string[] =>
  scriptCommand(folder, script, ...words);

/** Command of a container with Node that runs a module of scripts/. @param module name of the file without `.mjs` */
export const backupModule = (module: string): string[] => moduleCommand(folder, module);
