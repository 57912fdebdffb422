import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { UsageError } from "../../lib/terminal/errors.ts";
import { main } from "../../ops/commands/check.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

const repository = join(import.meta.dirname, "../..");

/** The check in this process: its exit code and what it printed. */
async function check(...argv: string[]) {
  const stdout = vi.spyOn(console, "log").mockReturnValue();
  const stderr = vi.spyOn(console, "error").mockReturnValue();
  const code = await main(argv);
  return { code, stdout: stdout.mock.calls.join("\n"), stderr: stderr.mock.calls.join("\n") };
}

/** The check as a process, as npm starts it. */
const checkProcess = (...argv: string[]) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const args = [join(repository, "ops/main.ts"), "check", ...argv];
    execFile(process.execPath, args, { cwd: repository }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

const cell = (name: string, size: number) =>
  Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`${name}/${name}${index}.yaml`, tenantYaml()]),
  );

afterEach(() => void vi.restoreAllMocks());

describe("the check", () => {
  test("sums up valid files in one line", async () => {
    using folder = temporaryFolder({
      "north/a.yaml": tenantYaml(),
      "north/b.yaml": tenantYaml({ state: "suspended" }),
      "south/c.yaml": tenantYaml({ plan: "pro" }),
    });
    expect(await check("--tenants", folder.path)).toEqual({
      code: 0,
      stdout: "3 tenants in 2 cells: 2 basic, 1 pro; 2 active, 1 suspended; CNY 824.00 a month at list price",
      stderr: "",
    });
  });

  test("passes a new cell without tenants", async () => {
    using folder = temporaryFolder();
    expect(await check("--tenants", folder.path)).toMatchObject({ code: 0, stdout: "0 tenants in 0 cells" });
  });

  test("prints the report of bad files and exits with 1", async () => {
    using folder = temporaryFolder({ "acme.yaml": tenantYaml({ plna: "pro" }) });
    const { code, stdout, stderr } = await check("--tenants", folder.path);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/acme\.yaml:7:1 {2}plna\n/);
  });

  test("lists tenants as JSON", async () => {
    using folder = temporaryFolder({ "north/acme.yaml": tenantYaml() });
    const { code, stdout } = await check("--json", "--tenants", folder.path);
    expect({ code, output: JSON.parse(stdout) }).toEqual({
      code: 0,
      output: {
        ok: true,
        tenants: [{ id: "acme", cell: "north", plan: "basic", state: "active", monthlyCny: 268 }],
        problems: [],
      },
    });
  });

  test("lists problems as JSON", async () => {
    using folder = temporaryFolder({ "north/acme.yaml": tenantYaml({ plan: "por" }) });
    const { code, stdout } = await check("--json", "--tenants", folder.path);
    expect({ code, output: JSON.parse(stdout) }).toEqual({
      code: 1,
      output: {
        ok: false,
        tenants: [],
        problems: [
          {
            file: expect.stringMatching(/north\/acme\.yaml$/),
            line: 3,
            column: 7,
            path: "plan",
            found: 'the text "por"',
            expected: "the plan, which sets size, seats and price: one of basic, pro, enterprise",
            suggestion: "pro",
          },
        ],
      },
    });
  });

  test("refuses every cell with more than 25 tenants", async () => {
    using folder = temporaryFolder({ ...cell("one", 26), ...cell("two", 25), ...cell("three", 27) });
    const { code, stderr } = await check("--tenants", folder.path);
    expect(code).toBe(1);
    expect(stderr).toContain('26 tenants in the cell "one"');
    expect(stderr).toContain('27 tenants in the cell "three"');
    expect(stderr).not.toContain('cell "two"');
  });

  test("explains itself", async () => {
    const { code, stdout } = await check("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/npm run check.*--tenants DIR/);
  });

  test.each([
    { argv: ["--tenant"] },
    { argv: ["--tenants"] },
    { argv: ["tenants/dev"] },
    { argv: ["--tenants", ""] },
    { argv: ["--", "x"] },
  ])("refuses the usage $argv", async ({ argv }) => {
    await expect(check(...argv)).rejects.toThrow(UsageError);
  });
});

describe("the check as a process", () => {
  test("passes the project's own tenants", async () => {
    const { code, stdout } = await checkProcess();
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+ tenants in \d+ cell/),
    });
  });

  test("exits with 1 and the report, without a stack", async () => {
    using folder = temporaryFolder({ "acme.yaml": "" });
    const { code, stderr } = await checkProcess("--tenants", folder.path);
    expect(code).toBe(1);
    expect(stderr).toContain("an empty file");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("exits with 2 and the usage on an unknown option", async () => {
    const { code, stderr } = await checkProcess("--tennants", "x");
    expect(code).toBe(2);
    expect(stderr).toContain("usage: npm run check");
  });
});
