export interface AttemptRow {
  readonly attempt: string;
  /** What the server answered. */
  readonly said: string;
  /** What it answered where the same is allowed. */
  readonly control: string;
}

const widest = 70;

/** For people to read: what was tried, what refused it, and that it works where it may. */
export function attemptTable(title: string, rows: readonly AttemptRow[]): string {
  const cells = [
    ["#", "attempt", "refused with", "control"],
    ...rows.map(({ attempt, said, control }, index) => [`${index + 1}`, attempt, said, control]),
  ].map((row) => row.map((cell) => (cell.length > widest ? `${cell.slice(0, widest - 1)}…` : cell)));
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [title, ...lines].join("\n");
}
