/** E-mail addresses: which are taken in tenant files, and how reports do without them. */

/** Characters, RFC 5321 4.5.3.1.1. */
const maxLocalPart = 64;

/** Characters, RFC 5321 4.5.3.1.3 without the angle brackets of a path. */
export const maxAddress = 254;

/** Words of what RFC 5321 calls an atom, with dots between them. Quoted words ("a b"@c.example) are not taken. */
const localPart = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*";

/** RFC 1123 2.1: letters, digits and hyphens, a hyphen at neither end, at most 63 of them. */
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

/** Letters alone, or the ASCII form of a name in another script (`xn--fiqs8s` is 中国). */
const topLevel = "(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])";

/** An address whose domain has two labels at least and is not in brackets. The lookaheads bound the lengths. */
export const emailAddress = new RegExp(
  `^(?=[^@]{1,${maxLocalPart}}@)(?=.{1,${maxAddress}}$)${localPart}@(?:${label}\\.)+${topLevel}$`,
);

/** The problem of a text as an address, without quoting any of it; undefined if there is none. */
export function addressFault(text: string): string | undefined {
  if (emailAddress.test(text)) {
    return undefined;
  }
  if (text.length > maxAddress) {
    return `an address of ${text.length} characters`;
  }
  const at = text.lastIndexOf("@");
  if (at === -1) {
    return "a text without an @";
  }
  if (at > maxLocalPart) {
    return `an address with ${at} characters before the @, of which there may be ${maxLocalPart}`;
  }
  return emailAddress.test(`a${text.slice(at)}`)
    ? "an address that is wrong before the @"
    : "an address that is wrong after the @";
}

/** A text with every e-mail address in it replaced, for what many can read. */
export const withoutAddresses = (text: string): string => text.replace(addressLike, "[e-mail address]");

/**
 * Generous: a letter too many hidden does no harm. What is no address yet (`jane@intranet`, `jane@[192.0.2.7]`, `＠`) is
 * somebody's all the same; a digest (`@sha256:…`) and a version (`@v4.1.0`) stay. A match begins only where a word does, so that a long
 * text without an @ takes no longer than it is.
 */
const addressLike = (() => {
  const before = "\\p{L}\\p{N}.!#$%&'*+/=?^_`{|}~-";
  const after = "(?:\\[[^\\]\\s]*\\]|[\\p{L}\\p{N}_-]+(?:\\.[\\p{L}\\p{N}_-]+)*)";
  const digestOrVersion = "sha\\d+:|v?\\d+(?:\\.\\d+)*(?!\\.?[\\p{L}\\p{N}_-])";
  return new RegExp(
    `(?<![${before}])[${before}]+[@＠](?!${digestOrVersion})${after}(?:[${before}]*[@＠]${after})*`,
    "gu",
  );
})();
