import { relative } from "node:path";
import { secondsText } from "../../lib/terminal/progress.ts";
import { type Column, tableLines } from "../../lib/terminal/table.ts";

/** The time that a test file took. */
export interface FileTime {
  readonly tier: string;
  /** Absolute path. */
  readonly file: string;
  /** Time of its tests and hooks, in which clusters start; without what was ready before it. */
  readonly milliseconds: number;
}

/** Names the file that {@link fileTimesReporter} writes. */
export const fileTimesVariable = "OPENCLAW_TEST_TIMES";

export const fileTimesReporter = "tools/tests/fileTimesReporter.ts";

const shown = 10;

/** The slowest files as a table with a title; no lines if no file was run. */
export function slowestFiles(times: readonly FileTime[], root: string): string[] {
  const columns: readonly Column<FileTime>[] = [
    { title: "time", value: ({ milliseconds }) => secondsText(milliseconds), align: "right" },
    { title: "tier", value: ({ tier }) => tier },
    { title: "file", value: ({ file }) => relative(root, file) },
  ];
  const slowest = times.toSorted((one, other) => other.milliseconds - one.milliseconds).slice(0, shown);
  return slowest.length === 0 ? [] : ["slowest test files", ...tableLines(columns, slowest)];
}
