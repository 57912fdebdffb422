import { printable, printableLines } from "../text.ts";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: "left" | "right";
}

/** Lines of a table with aligned columns. Values are ASCII: ids, states, URLs and figures; what is not is made printable. */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => printable(value(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => cells[index]?.length ?? 0)));
  const padded = lines.map((cells) =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  return padded.map(printableLines);
}

/** `1,234.50`: CNY with two decimals and thousands apart. */
export function money(cny: number): string {
  return cny.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
