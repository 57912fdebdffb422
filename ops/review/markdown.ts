import { printable, printableLines } from "../../lib/text.ts";

/**
 * GitHub-flavoured Markdown in which no text of a tenant file or an engine's message can be markup, link, mention or
 * HTML: all of it stands in code spans and code blocks, where nothing has a meaning. Reads well as plain text, too.
 */

/** Characters. A display name has 80 at most, a policy tells what to write instead. */
const maxSpan = 500;

/** A text on one line. A pipe would end a table's cell even here, so it is shown broken. */
export function code(text: string): string {
  const shown = text.length > maxSpan ? `${text.slice(0, maxSpan)}…` : text;
  const line = printable(shown).replaceAll("|", "¦");
  const fence = "`".repeat(longestRun(line) + 1);
  // A space at each end is taken away again by the renderer.
  const gap = /^`|`$|^ .* $/.test(line) ? " " : "";
  return line.trim() === "" ? "—" : `${fence}${gap}${line}${gap}${fence}`;
}

/** A text of several lines. */
export function codeBlock(text: string, language = "text"): string {
  const lines = printableLines(text);
  const fence = "`".repeat(Math.max(3, longestRun(lines) + 1));
  return `${fence}${language}\n${lines}\n${fence}`;
}

const longestRun = (text: string): number =>
  Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

export interface MarkdownColumn<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "right";
}

/** A table whose columns line up where it is read as text. */
export function table<Row>(columns: readonly MarkdownColumn<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => value(row))),
  ];
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((line) => line[index]?.length ?? 0)));
  const rule = columns.map(({ align }, index) =>
    align === "right" ? `${"-".repeat((widths[index] ?? 3) - 1)}:` : "-".repeat(widths[index] ?? 3),
  );
  const padded = cells.map((line) =>
    line.map((cell, index) =>
      columns[index]?.align === "right" ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
    ),
  );
  const [head = [], ...body] = padded;
  return [head, rule, ...body].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** A folded section. `summary` is our own text. */
export const folded = (summary: string, content: string): string =>
  `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
