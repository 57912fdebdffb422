import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword, type RandomPasswordArgs } from "@pulumi/random";
import { withoutStackTraces } from "./stackTraces.ts";

/**
 * Roots: random text that credentials and keys are derived from by HKDF, which takes it as bytes.
 *
 * They are RandomPassword because an id is stored and shown in the clear, and its id says nothing. That of RandomBytes is
 * the value itself, and so are those of RandomString and RandomId.
 */

/** The length of a root in letters and digits, 62 kinds: 381 bits. */
export const rootLength = 64;

/** Letters and digits that have 256 bits. */
const minimumLength = 43;

/** @param keepers replace the root when one of them changes */
export function randomRoot(
  name: string,
  opts: pulumi.CustomResourceOptions,
  keepers?: Readonly<Record<string, string>>,
): RandomPassword {
  return randomText(name, { length: rootLength, ...(keepers === undefined ? {} : { keepers }) }, opts);
}

/** Letters and digits, which no shell, URL or file of settings reads in another way. */
export function randomText(
  name: string,
  characters: RandomPasswordArgs,
  opts: pulumi.CustomResourceOptions,
): RandomPassword {
  return withoutStackTraces(() => new RandomPassword(name, { ...characters, special: false }, opts));
}

/**
 * The input of HKDF.
 *
 * @param whose for the error, which does not show the root
 * @throws RangeError if it has fewer than 256 bits
 */
export function rootBytes(root: string, whose: string): Buffer {
  if (root.length < minimumLength) {
    throw new RangeError(`the root of ${whose} has ${root.length} characters, not ${rootLength}`);
  }
  return Buffer.from(root, "utf8");
}
