/** A table; the first `leftColumns` columns are aligned left, the figures behind them right. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  leftColumns = 0,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = titles.map((_, index) => (index < leftColumns ? "---" : "---:"));
  return [line(titles), line(rule), ...rows.map(line)].join("\n");
}

/** The lines of a page between which a command writes. */
export interface Section {
  readonly start: string;
  readonly end: string;
}

/**
 * The page with other content in its section.
 * @param file names the page in the error
 * @throws Error if the page has no such section
 */
export function withSection(text: string, { start, end }: Section, content: string, file: string): string {
  const from = text.indexOf(start);
  const to = from === -1 ? -1 : text.indexOf(end, from);
  if (to === -1) {
    throw new Error(`${file} has no lines "${start}" and "${end}"`);
  }
  return `${text.slice(0, from + start.length)}\n\n${content}\n\n${text.slice(to)}`;
}
