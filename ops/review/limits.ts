/** The most that a comment shows of each list and message: everything, unless GitHub would refuse the comment. */
export interface Limits {
  /** Rows of a table, items of a list. */
  readonly rows: number;
  /** Characters of a message. */
  readonly block: number;
}

/** Characters that GitHub takes in one comment; with more it answers "body is too long (maximum is 65536 characters)". */
export const maxComment = 65_536;

/** The shown part of a list, and a line that says how many were left out. */
export function bounded<T>(items: readonly T[], { rows }: Limits): { shown: readonly T[]; rest: string[] } {
  const more = items.length - rows;
  return more > 0
    ? { shown: items.slice(0, rows), rest: [`… and ${more} more; \`npm run review\` prints all of them.`] }
    : { shown: items, rest: [] };
}

export const cut = (text: string, { block }: Limits): string =>
  text.length > block ? `${text.slice(0, block)}\n… (${text.length - block} characters more)` : text;

/** The lines that fit; the last one says how many do not. */
export function fittingLines(lines: readonly string[], characters: number): string[] {
  let room = characters - maxNote;
  const fits = lines.findIndex((line) => {
    room -= line.length + 1;
    return room < 0;
  });
  if (fits === -1) {
    return [...lines];
  }
  return [
    ...lines.slice(0, fits),
    `… ${lines.length - fits} lines more: cut off at GitHub's limit of a comment`,
  ];
}

const maxNote = 100;
