import { counted, printable, printableLines } from "../lib/text.ts";
import { withoutAddresses } from "./addresses.ts";

/** One mistake in the tenant files: where it is, what is there, and what would be right. */
export interface Problem {
  /** Relative to the process' working directory. */
  readonly file: string;
  /** The line, from 1; line 1 column 1 if the file as a whole is meant. */
  readonly line: number;
  /** The column, from 1, in UTF-16 units, as editors count. */
  readonly column: number;
  /** Way to the field, such as `users[0].email`; empty when the file as a whole is meant. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  /** The word or the file name that was probably meant. */
  readonly suggestion?: string;
}

/** A problem before it is known which file it is in. */
export type Finding = Omit<Problem, "file">;

/** A finding about a file as a whole. */
export function wholeFile(found: string, expected: string, suggestion?: string): Finding {
  return {
    line: 1,
    column: 1,
    path: "",
    found,
    expected,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/**
 * Thrown once for all mistakes in the tenant files; its message is the whole report, fit to be printed as it is, and so is
 * every text of its problems: names of files and ids are whatever somebody called a file.
 */
export class TenantFilesError extends Error {
  override readonly name = "TenantFilesError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = problems.map(printableProblem).sort(byPosition);
    super(report(sorted));
    this.problems = sorted;
  }
}

function printableProblem({ line, column, suggestion, ...texts }: Problem): Problem {
  const { file, path, found, expected } = texts;
  return {
    file: printable(file),
    line,
    column,
    path: printable(path),
    found: printable(found),
    expected: printable(expected),
    ...(suggestion === undefined ? {} : { suggestion: printable(suggestion) }),
  };
}

/** The problems as text, one paragraph each, its first line clickable in a terminal and in CI logs. */
function report(problems: readonly Problem[]): string {
  const title = `${counted(problems.length, "problem")} in the tenant files`;
  const more = problems.length - maxShown;
  const rest = more > 0 ? [`and ${counted(more, "more problem")}`] : [];
  return printableLines([title, ...problems.slice(0, maxShown).map(paragraph), ...rest].join("\n\n"));
}

/** Nobody reads further, and a file of nothing but unknown keys would make a report of megabytes. */
const maxShown = 200;

function paragraph({ file, line, column, path, found, expected, suggestion }: Problem): string {
  return [
    `${file}:${line}:${column}${path === "" ? "" : `  ${path}`}`,
    `  found     ${found}`,
    `  expected  ${expected}`,
    ...(suggestion === undefined ? [] : [`  did you mean ${quoted(suggestion)}?`]),
  ].join("\n");
}

const byPosition = (a: Problem, b: Problem): number =>
  a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1;

/** Text from a file, quoted for a report: short, printable, and without anybody's e-mail address. */
export const quoted = (text: string): string => `"${shortened(text)}"`;

/** The beginning of a text from a file, printable. Addresses go first: half of one is not known for an address any more. */
export function shortened(text: string, maxLength = 60): string {
  const shown = withoutAddresses(text);
  return shown.length > maxLength ? `${printable(shown.slice(0, maxLength))}…` : printable(shown);
}
