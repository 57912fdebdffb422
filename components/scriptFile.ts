import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { repository } from "../lib/system/paths.ts";

/**
 * The text of a file that runs in a pod, or that a server there reads.
 *
 * @throws pulumi.RunError for a carriage return, which a shell takes for a part of the word before it, and which would
 *   give what is named by its content another name than on other machines
 */
export function scriptFile(folder: string, name: string): string {
  const file = join(folder, name);
  const text = readFileSync(file, "utf8");
  const at = text.indexOf("\r");
  if (at !== -1) {
    const path = relative(repository, file);
    const line = text.slice(0, at).split("\n").length;
    throw new pulumi.RunError(
      `${path}:${line}: lines must end with LF alone, and this one has a carriage return (CR), which no pod could run. ` +
        `git or an editor has put it there: \`git config core.autocrlf input\`, then delete the file and \`git checkout -- ${path}\`.`,
    );
  }
  return text;
}
