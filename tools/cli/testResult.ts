/** What of vitest's JSON report is counted. */
export interface TestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files. One that cannot be loaded, or whose hooks fail, fails without a failed test. */
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
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
  const failedFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failures = report.numFailedTests + failedFiles;
  return {
    passed: report.numPassedTests,
    // An error outside of any test and file fails the run as well.
    failed: report.success ? failures : Math.max(failures, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** `312 passed, 0 failed`, and how many were skipped if any. */
export function resultLine({ passed, failed, skipped }: TestCount): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
