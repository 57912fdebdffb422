/** Text that may come from a file, fit to be printed. */

/** `1 problem`, `2 problems`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/**
 * Text on one line, without characters that could move a terminal's cursor or turn the line around, and without commands
 * that a CI obeys wherever in a line they stand: GitHub's older kind, `##[name]`, and Azure Pipelines' `##vso[name]`.
 */
export const printable = (text: string): string =>
  text.replace(
    /[\p{C}\p{Zl}\p{Zp}]|#(?=#\w*\[)/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

/**
 * Text of several lines, each of them printable, and none that GitHub would take for a command (`::name::`, blanks before
 * it or not: https://github.com/actions/runner, src/Runner.Common/ActionCommand.cs). What a command of this program prints
 * goes through it, because much of that comes from files, their names, or messages about them.
 */
export const printableLines = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => printable(line.replaceAll("\t", "  ")).replace(/^(\s*):(?=:)/, "$1\\u{3a}"))
    .join("\n");
