import { expect, test, vi } from "vitest";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { parseCommand } from "../../ops/commandLine/arguments.ts";
import { notReady, timeoutOf } from "../../ops/diagnosis/health.ts";
import { isOverdue, rolledOutNamespaces, timesOfLines } from "../../ops/diagnosis/readiness.ts";
import { ageText, type TenantRow, tenantTable } from "../../ops/diagnosis/tenantRows.ts";
import { type TargetValues, targetFlags, targetOf } from "../../ops/stack/target.ts";
import { slowestFiles } from "../../tools/tests/fileTimes.ts";
import { countOf, failuresOf, resultLine, type TestReport } from "../../tools/tests/testResult.ts";

const help = { usage: "npm run x", text: "Does x." };
const options = {
  stack: { type: "string", default: "dev" },
  json: { type: "boolean", default: false },
} as const;

test("options are parsed, and what follows -- is left alone", () => {
  const parsed = parseCommand(["--stack", "a", "--", "--diff", "--", "x"], options, help);
  expect(parsed?.values).toEqual({ stack: "a", json: false });
  expect(parsed?.rest).toEqual(["--diff", "--", "x"]);
});

test.each([[["--nope"]], [["stray"]], [["--stack"]], [["--json=yes"]]])("%j is wrong usage", (argv) => {
  expect(() => parseCommand(argv, options, help)).toThrow(UsageError);
});

test("words must be given, by name, as many as there are names", () => {
  expect(parseCommand(["north", "--json"], options, help, ["NAME"])?.words).toEqual(["north"]);
  for (const argv of [[], ["north", "south"]]) {
    expect(() => parseCommand(argv, options, help, ["NAME"])).toThrow(
      /NAME must be given[\s\S]*usage: npm run x/,
    );
  }
});

test("--help prints and parses nothing, but not behind --", () => {
  const print = vi.spyOn(console, "log").mockReturnValue();
  expect(parseCommand(["--nope", "--help"], options, help)).toBeUndefined();
  expect(print).toHaveBeenCalledOnce();
  expect(parseCommand(["--", "--help"], options, help)?.rest).toEqual(["--help"]);
  print.mockRestore();
});

const target = (values: Partial<TargetValues>) =>
  targetOf({ stack: "dev", embedded: false, ...values }, "/home");

test("dev runs on the embedded cluster", () => {
  expect(target({})).toMatchObject({ kind: "embedded", folder: "/home", context: "openclaw-dev" });
});

test("dev on another cluster has state and passphrase apart from the embedded ones", () => {
  expect(target({ context: "arn:x/y" })).toMatchObject({
    kind: "local",
    folder: "/home/contexts/arn%3Ax%2Fy",
  });
  expect(target({ context: ".." }).folder).toBe("/home/contexts/_");
});

test("a stack without settings is refused, unless it is to run on the embedded cluster", () => {
  expect(() => target({ stack: "nowhere" })).toThrow(UserError);
  expect(target({ stack: "nowhere", embedded: true })).toMatchObject({ kind: "embedded", stack: "nowhere" });
});

test.each<Partial<TargetValues>>([{ embedded: true, context: "x" }, { engine: "best" }, { stack: "../x" }])(
  "%j is wrong usage",
  (values) => {
    expect(() => target(values)).toThrow(UsageError);
  },
);

test("the flags of a target lead back to it", () => {
  expect(targetFlags(target({}))).toBe("");
  expect(targetFlags(target({ context: "c" }))).toBe(" -- --context c");
  expect(targetFlags(target({ stack: "trial", embedded: true }))).toBe(" -- --stack trial --embedded");
});

const row = (values: Partial<TenantRow>): TenantRow => ({
  id: "acme",
  plan: "pro",
  state: "active",
  url: "https://acme.example",
  ready: true,
  monthlyCny: 551,
  backupOverdue: false,
  ...values,
});

test("the table aligns, sums, and tells not ready from not meant to run", () => {
  const table = tenantTable([
    row({ lastBackup: new Date(Date.now() - 3.5 * 3_600_000).toISOString() }),
    row({ id: "bluebird", ready: false, monthlyCny: 1268.5 }),
    row({ id: "z", state: "offboarded", url: "", ready: false, monthlyCny: 0 }),
  ]);
  expect(table.split("\n")).toEqual([
    "TENANT    PLAN  STATE       READY  BACKUP  CNY/MONTH  URL",
    "acme      pro   active      yes    3 h        551.00  https://acme.example",
    "bluebird  pro   active      no     -        1,268.50  https://acme.example",
    "z         pro   offboarded  -      -            0.00  -",
    "total                                       1,819.50",
  ]);
});

test("not ready is who should be and is not", () => {
  const rows = [row({}), row({ id: "b", ready: false }), row({ id: "c", state: "suspended", ready: false })];
  expect(notReady(rows)).toEqual(["b"]);
});

test("a timeout is whole seconds, and has a default", () => {
  expect([timeoutOf(undefined), timeoutOf("0"), timeoutOf("30")]).toEqual([120, 0, 30]);
  for (const text of ["", "-1", "1.5", "soon"]) {
    expect(() => timeoutOf(text)).toThrow(UsageError);
  }
});

test("an instance is ready when a pod of its template as it is now answers, and none of a former one is left", () => {
  const lines = [
    "tenant-ready 2 2 1 1 1",
    "tenant-unseen 3 2 1 1 1",
    "tenant-old-pod-gone 2 2   ",
    "tenant-old-pod 2 2 1  1",
    "tenant-both 2 2 2 1 1",
    "tenant-starting 2 2 1 1 ",
    "tenant-new 1    ",
    "",
  ];
  expect(rolledOutNamespaces(lines.join("\n"))).toEqual(new Set(["tenant-ready"]));
});

test("a backup is overdue after 26 hours; without one, 26 hours after the first should have been thought of", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  const times = timesOfLines(
    "tenant-a 2026-01-01T00:00:00Z 2026-11-20T10:00:00Z\ntenant-b 2026-01-01T00:00:00Z 2026-11-20T09:59:59Z\n" +
      "tenant-new 2026-11-21T11:00:00Z \ntenant-never 2026-11-20T09:00:00Z \n",
  );
  expect([...times].map(([namespace, each]) => [namespace, isOverdue(each, now)])).toEqual([
    ["tenant-a", false],
    ["tenant-b", true],
    ["tenant-new", false],
    ["tenant-never", true],
  ]);
});

test("ages are told in the unit that says enough", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  const texts = [
    "2026-11-21T11:59:10Z",
    "2026-11-21T05:30:00Z",
    "2026-11-19T11:00:00Z",
    "2026-11-21T13:00:00Z",
  ];
  expect(texts.map((time) => ageText(time, now))).toEqual(["0 min", "6 h", "2 d", "0 min"]);
});

const report = (values: Partial<TestReport>): TestReport => ({
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...values,
});

const testFile = (status: string): TestReport["testResults"][number] => ({
  name: "/repository/test/unit/a.test.ts",
  status,
  message: "SyntaxError: a\n  at b",
  assertionResults: [],
});

test.each<[string, Parameters<typeof countOf>, string]>([
  ["all passed", [[report({})], [true, true]], "5 passed, 0 failed"],
  ["a test failed", [[report({ success: false, numFailedTests: 1 })], []], "3 passed, 1 failed"],
  ["a check failed, one was skipped", [[report({})], [false, undefined]], "3 passed, 1 failed, 1 skipped"],
  ["a file cannot be loaded", [[report({ testResults: [testFile("failed")] })], []], "3 passed, 1 failed"],
  ["an error outside of any test", [[report({ success: false })], []], "3 passed, 1 failed"],
  ["no report at all", [[undefined], [true]], "1 passed, 1 failed"],
  [
    "of two runs the second failed",
    [[report({}), report({ success: false, numFailedTests: 2, numPendingTests: 1 })], [true]],
    "7 passed, 2 failed, 1 skipped",
  ],
  ["the second of two runs has no report", [[report({}), undefined], []], "3 passed, 1 failed"],
])("the result line when %s", (_, [result, checks], line) => {
  expect(resultLine(countOf(result, checks))).toBe(line);
});

test("what failed is named with its reason, a test or a file as a whole", () => {
  const failed = { status: "failed", fullName: "adds numbers", failureMessages: ["expected 1\n  at x"] };
  const passed = { status: "passed", fullName: "is there", failureMessages: [] };
  const files = [
    { ...testFile("failed"), assertionResults: [passed, failed] },
    testFile("failed"),
    testFile("passed"),
  ];
  expect(failuresOf([report({ testResults: files }), undefined], "/repository")).toEqual([
    "failed: test/unit/a.test.ts > adds numbers\n    expected 1\n      at x",
    "failed: test/unit/a.test.ts\n    SyntaxError: a\n      at b",
  ]);
});

test("the ten slowest test files are listed, the slowest first", () => {
  const times = [300, 75_000, ...Array.from({ length: 9 }, (_, index) => 1_000 + index)].map(
    (milliseconds, index) => ({ tier: "unit", file: `/repository/test/unit/${index}.test.ts`, milliseconds }),
  );
  const lines = slowestFiles(times, "/repository");
  expect(lines.slice(0, 3)).toEqual([
    "slowest test files",
    " time  tier  file",
    " 75 s  unit  test/unit/1.test.ts",
  ]);
  expect(lines).toHaveLength(12);
  expect(lines.join()).not.toContain("unit/0.test.ts");
  expect(slowestFiles([], "/repository")).toEqual([]);
});
