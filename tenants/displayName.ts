/**
 * Names that people see, and tell apart by what they see. A name that shows nothing, or differs from another by what shows
 * nothing, is somebody else's name to whoever reads it.
 */

/** Assigned characters that are letters, digits, punctuation or symbols to Unicode and a blank to everybody. */
const blankSymbols = "\\u2800\\ufffc\\u{13441}\\u{13442}\\u{1d159}";

/** Characters that are seen by themselves. */
const visible = `(?![\\p{Default_Ignorable_Code_Point}${blankSymbols}])[\\p{L}\\p{N}\\p{P}\\p{S}]`;

/** An accent, a vowel sign or the like: only on something that carries it. */
const mark = "(?<=[\\p{L}\\p{N}\\p{P}\\p{S}\\p{M}])(?!\\p{Default_Ignorable_Code_Point})\\p{M}";

/** One blank between two visible characters; U+3000 is the one of Chinese and Japanese type. */
const blank = "(?<=[^ \\u3000])[ \\u3000](?=[^ \\u3000])";

/** Characters that join emoji to one picture, colour it (U+FE0F), or make a keycap of a digit. */
const inEmoji = [
  "(?<=\\p{Extended_Pictographic})\\ufe0f",
  "(?<=[0-9#*])\\ufe0f(?=\\u20e3)",
  "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})",
];

/** Joiners that a script cannot be written without: after a virama of India's and Sri Lanka's, between Persian letters. */
const inScripts = [
  "(?<=[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca])[\\u200c\\u200d](?=\\p{L})",
  "(?<=\\p{Script=Arabic})\\u200c(?=\\p{Script=Arabic})",
];

/** Every character has one of the places above, so no text takes longer than it is. */
const name = new RegExp(`^(?:${[visible, mark, blank, ...inEmoji, ...inScripts].join("|")})+$`, "u");

/** Whether all of a text can be seen, on one line, in the order in which it is written. An empty text cannot. */
export const isVisibleText = (text: string): boolean => name.test(text);
