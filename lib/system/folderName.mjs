import { resolve } from "node:path";

/**
 * Which folders this project can work in. JavaScript, because tools/run.mjs asks before any package is installed, on
 * a Node that may be old.
 */

/** Letters and digits of every script, and what neither kwokctl, a kubeconfig's path nor a list of processes takes apart. */
const plain = /^[\p{L}\p{M}\p{N}\p{Extended_Pictographic}._+@~#%/-]$/u;

/** Ends an entry of PATH and of KUBECONFIG, or a line of what programs print. */
const never = /^[:\p{Cc}\p{Zl}\p{Zp}]$/u;

/** The character as a message can show it: `" "`, `U+000A`. */
function shown(character) {
  const code = character.codePointAt(0) ?? 0;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[\p{L}\p{N}\p{P}\p{S} ]$/u.test(character) ? `"${character}"` : name;
}

const firstNot = (pattern, path) => [...path].find((character) => !pattern.test(character));

/**
 * @param path of the folder of state or of binaries, absolute
 * @returns the character that makes it unusable, as a message can show it
 */
export function folderFault(path) {
  const stray = firstNot(plain, path);
  return stray === undefined ? undefined : shown(stray);
}

/**
 * @param clone path of this clone, absolute
 * @returns why nothing can be done in it, with the way out
 */
export function cloneFault(clone, environment) {
  const stray = [...clone].find((character) => never.test(character));
  if (stray !== undefined) {
    return `The folder of this clone must not have ${shown(stray)} in its name. Move the clone to another folder.`;
  }
  const fault = environment.OPENCLAW_LOCAL ? undefined : folderFault(resolve(clone, ".local"));
  return fault === undefined
    ? undefined
    : `The embedded cluster cannot keep its files in this clone: its folder has ${fault} in its name. Set OPENCLAW_LOCAL ` +
        "to a folder without, or move the clone to another one.";
}
