import { relative } from "node:path";

/** The counted fields of vitest's JSON report. */
export interface TestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files. One that cannot be loaded, or whose hooks fail, fails without a failed test. */
  readonly testResults: readonly TestFile[];
}

interface TestFile {
  readonly name: string;
  readonly status: string;
  /** The reason that it could not be loaded, or empty. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * @param reports of each run of vitest; undefined if it ended without one, which is a failure
 * @param checks of lint, types and so on: whether each passed; undefined if it was skipped
 */
export function countOf(
  reports: readonly (TestReport | undefined)[],
  checks: readonly (boolean | undefined)[],
): TestCount {
  const of = (result: boolean | undefined) => checks.filter((each) => each === result).length;
  const counts = [
    { passed: of(true), failed: of(false), skipped: of(undefined) },
    ...reports.map((report) => (report === undefined ? noReport : countOfReport(report))),
  ];
  const sum = (key: keyof TestCount) => counts.reduce((total, count) => total + count[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

const noReport: TestCount = { passed: 0, failed: 1, skipped: 0 };

function countOfReport(report: TestReport): TestCount {
  const failedFiles = report.testResults.filter(failedAsAWhole).length;
  const failures = report.numFailedTests + failedFiles;
  return {
    passed: report.numPassedTests,
    // An error outside of any test and file fails the run as well.
    failed: report.success ? failures : Math.max(failures, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const failedAsAWhole = ({ status, assertionResults }: TestFile) =>
  status === "failed" && !assertionResults.some((test) => test.status === "failed");

/** Failures with their reasons, repeated: in a long log they are far from the last line. */
export function failuresOf(reports: readonly (TestReport | undefined)[], root: string): string[] {
  const files = reports.flatMap((report) => report?.testResults ?? []);
  return files.flatMap((file) => {
    const place = relative(root, file.name);
    const tests = file.assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => failure(`${place} > ${fullName}`, failureMessages.join("\n")));
    return failedAsAWhole(file) ? [failure(place, file.message)] : tests;
  });
}

/** A difference of two long texts is left to the log. */
const messageLines = 20;

const failure = (name: string, message: string) =>
  [`failed: ${name}`, ...message.split("\n").slice(0, messageLines)].join("\n    ");

/** `312 passed, 0 failed`, and how many were skipped if any. */
export function resultLine({ passed, failed, skipped }: TestCount): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
