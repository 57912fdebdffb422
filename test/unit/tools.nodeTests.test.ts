import { expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { choosesNode, type Machine, unseenSkip } from "../../tools/tests/nodeTests.ts";

const runner: Machine = { environment: { CI: "true" }, platform: "linux", uid: 1001 };

test("in CI without root the tests in real pods are not skipped unseen", () => {
  expect(unseenSkip(runner, [])).toMatch(/^CI is set.*without root.*OPENCLAW_SKIP_NODE_TESTS=1/);
  expect(unseenSkip({ ...runner, environment: { CI: "1" } }, [])).toBeDefined();
  expect(unseenSkip(runner, ["--project", "node"])).toBeDefined();
});

test.each<[string, Partial<Machine>, readonly string[]]>([
  ["as root", { uid: 0 }, []],
  ["where that is said", { environment: { CI: "true", OPENCLAW_SKIP_NODE_TESTS: "1" } }, []],
  ["outside of CI", { environment: {} }, []],
  ["where CI is said to be off", { environment: { CI: "false" } }, []],
  ["where no real node is possible", { platform: "darwin" }, []],
  ["of another tier", {}, ["--project", "unit"]],
])("tests run %s", (_, machine, args) => {
  expect(unseenSkip({ ...runner, ...machine }, args)).toBeUndefined();
});

test.each([
  [[], true],
  [["--bail=1"], true],
  [["--project", "node"], true],
  [["--project=node"], true],
  [["--project", "unit", "--project", "node"], true],
  [["--project=!engine"], true],
  [["--project=unit"], false],
  [["--project", "unit", "--project", "golden"], false],
  [["--project=!node"], false],
])("%j: the tests in real pods are chosen: %j", (args, expected) => {
  expect(choosesNode(args)).toBe(expected);
});

test.skipIf(process.platform !== "linux")(
  "npm test ends with 1 and says why, before anything is compiled",
  async () => {
    const script = `
      process.getuid = () => 1001;
      const { runMain } = await import("./ops/main.ts");
      process.exitCode = await runMain(["test"]);`;
    const env = { ...process.env, CI: "true", OPENCLAW_SKIP_NODE_TESTS: "" };
    const args = ["--input-type=module", "--eval", script];
    const { code, stderr } = await run(process.execPath, args, { cwd: repository, env, timeout: 20_000 });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: CI is set/) });
  },
);
