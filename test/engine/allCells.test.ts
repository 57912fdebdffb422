import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { kubectlFolder } from "../../embedded/cluster/index.ts";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { tenantYaml } from "../fixtures/tenant.ts";
import { ensurePlatform, type Live } from "./cell.ts";

/**
 * New cells and updates of all of them, by the commands, in a copy of the repository: they write settings and folders.
 * The tests build on each other, in this order.
 */
const folder = mkdtempSync(join(tmpdir(), "openclaw-cells-"));
const notCopied = new Set(["node_modules", ".git", ".local"]);

beforeAll(async () => {
  cpSync(repository, folder, { recursive: true, filter: (path) => !notCopied.has(basename(path)) });
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  await ensurePlatform();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = () => ({ ...process.env, OPENCLAW_LOCAL: inject("engineHome") });
const program = (command: string) => [join(folder, "ops", "main.ts"), command];

function npmRun(command: string, ...args: string[]): Promise<RunResult> {
  return run(process.execPath, [...program(command), ...args], {
    cwd: folder,
    env: environment(),
    timeout: 120_000,
  });
}

async function succeed(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await npmRun(command, ...args);
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

const kubectl = (...args: string[]): Promise<RunResult> =>
  run(join(kubectlFolder(), "kubectl"), ["--kubeconfig", join(inject("engineHome"), "kubeconfig"), ...args]);

const upAll = ["--all-cells", "--embedded", "--json"];
/** The last is the canary, so that it is not first by its name. */
const cells = ["rollout-a", "rollout-b", "rollout-c"];
const canary = "rollout-c";
const tenantOf = (cell: string) => cell.replace("rollout", "rolled");

function writeTenants(fields: Readonly<Record<string, unknown>>, of: readonly string[] = cells): void {
  for (const cell of of) {
    writeFileSync(join(folder, "tenants", cell, `${tenantOf(cell)}.yaml`), tenantYaml(fields));
  }
}

/** Results by cell, in the order they are printed. */
async function updateAll(...args: string[]): Promise<RunResult & { cells: Record<string, Live> }> {
  const result = await npmRun("up", ...upAll, ...args);
  const { cells: list } = JSON.parse(result.stdout || '{"cells":[]}');
  return { ...result, cells: Object.fromEntries(list.map((each: Live) => [each.cell, each])) };
}

const resultsOf = (outcomes: Record<string, Live>) =>
  Object.fromEntries(Object.entries(outcomes).map(([cell, { result }]) => [cell, result]));

/** What the cluster has of each cell's tenant's plan: the CPU that it may request, with a Job beside it. */
async function quotas(): Promise<string[]> {
  const path = "jsonpath={.items[0].spec.hard.requests\\.cpu}";
  const results = cells.map((cell) =>
    kubectl("get", "resourcequota", "-n", `tenant-${tenantOf(cell)}`, "--output", path),
  );
  return (await Promise.all(results)).map(({ stdout }) => stdout);
}
const quotaOf = { basic: "1250m", pro: "2250m" };

const canarySettings = join(folder, `Pulumi.${canary}.yaml`);
const onlyCanary = { "rollout-c": "failed", "rollout-a": "not started", "rollout-b": "not started" };

test("cell:new --dry-run writes nothing", async () => {
  expect(await succeed("cell:new", "rollout-a", "--platform", "dev", "--dry-run")).toMatch(
    /organization\/openclaw\/dev/,
  );
  expect(existsSync(join(folder, "Pulumi.rollout-a.yaml"))).toBe(false);
  expect(existsSync(join(folder, "tenants", "rollout-a"))).toBe(false);
});

test("cell:new makes a platform's first cell, and others from it, and says what is next", async () => {
  const stdout = await succeed("cell:new", "rollout-a", "--platform", "dev");
  expect(stdout).toMatch(/^ +2\. npm run up -- --stack rollout-a --embedded$/m);
  await succeed("cell:new", "rollout-b", "--from", "rollout-a");
  await succeed("cell:new", canary, "--platform", "dev");
  expect(readFileSync(join(folder, "Pulumi.rollout-b.yaml"), "utf8")).toBe(
    readFileSync(join(folder, "Pulumi.rollout-a.yaml"), "utf8"),
  );
  const again = await npmRun("cell:new", "rollout-a", "--platform", "dev");
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect(again.stderr).toMatch(/^error: The cell rollout-a is there/);
});

test("cells lists them, and the next tenant goes to one that is no canary", async () => {
  appendFileSync(canarySettings, "  openclaw:canary: true\n");
  writeTenants({});
  const report = JSON.parse(await succeed("cells", "--json"));
  const ours = report.cells.filter(({ cell }: Live) => cells.includes(cell));
  expect(ours.map(({ cell, tenants, free, canary: first }: Live) => [cell, tenants, free, first])).toEqual([
    ["rollout-a", 1, 24, false],
    ["rollout-b", 1, 24, false],
    ["rollout-c", 1, 24, true],
  ]);
  expect(report.next).toBe("rollout-a");
});

test("up --all-cells brings the canary up, and then the others", async () => {
  const { code, stderr, cells: outcomes } = await updateAll();
  expect(code, stderr).toBe(0);
  expect(resultsOf(outcomes)).toEqual({ "rollout-c": "ready", "rollout-a": "ready", "rollout-b": "ready" });
  for (const cell of cells) {
    expect(outcomes[cell]).toMatchObject({ updated: 0, deleted: 0, notReady: [] });
    expect(outcomes[cell].created).toBeGreaterThan(12);
    expect(readFileSync(outcomes[cell].log, "utf8")).toMatch(/\d+ created/);
  }
  expect(stderr).toMatch(/^rollout-c \(canary\): ready.*[\s\S]*^rollout-a$[\s\S]*^rollout-a: ready/m);
});

test("again it changes nothing", async () => {
  const { code, cells: outcomes } = await updateAll("--parallel", "3");
  expect(code).toBe(0);
  for (const cell of cells) {
    expect(outcomes[cell]).toMatchObject({ result: "ready", created: 0, updated: 0, deleted: 0 });
  }
});

test("a wrong tenant file of any cell is reported before any changes", async () => {
  const file = join(folder, "tenants", "rollout-b", "wrong.yaml");
  writeFileSync(file, tenantYaml({ plan: "gold" }));
  const { code, stdout, stderr } = await updateAll();
  rmSync(file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/wrong\.yaml:3:\d+ {2}plan/);
});

test("the host of a tenant of another cell is refused to each cell and to all, and both files are named", async () => {
  writeTenants({ host: "assistant.corvus.example" }, ["rollout-b"]);
  const refusals = [
    await npmRun("up", "--stack", "rollout-b", "--embedded"),
    await npmRun("preview", "--stack", "rollout-b", "--embedded"),
    await updateAll(),
  ];
  writeTenants({}, ["rollout-b"]);
  for (const { code, stdout, stderr } of refusals) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /rollout-b\/rolled-b\.yaml:7:7 {2}host\n.*"assistant\.corvus\.example" of tenants\/dev\/corvus\.yaml$/m,
    );
  }
});

test("a canary that fails stops the others, its log is shown, and nothing of them is changed", async () => {
  writeTenants({ plan: "pro" });
  const settings = readFileSync(canarySettings, "utf8");
  appendFileSync(canarySettings, "  openclaw:today: never\n");
  const { code, stderr, cells: outcomes } = await updateAll();
  writeFileSync(canarySettings, settings);
  expect(code).toBe(1);
  expect(resultsOf(outcomes)).toEqual(onlyCanary);
  expect(stderr).toMatch(/openclaw:today: Invalid/);
  expect(await quotas()).toEqual([quotaOf.basic, quotaOf.basic, quotaOf.basic]);
});

test("a canary whose tenant is not ready after its update stops them as well, and status --check names it", async () => {
  // The engine does not know of it, and the canary's files say nothing new: the update leaves it as it is.
  await kubectl("scale", "deployment/openclaw", "--replicas=0", "-n", `tenant-${tenantOf(canary)}`);
  writeTenants({}, [canary]);
  const { code, cells: outcomes } = await updateAll("--timeout", "1");
  expect(code).toBe(1);
  expect(resultsOf(outcomes)).toEqual({ ...onlyCanary, "rollout-c": "not ready" });
  expect(outcomes[canary].notReady).toEqual([tenantOf(canary)]);
  expect(await quotas()).toEqual([quotaOf.basic, quotaOf.basic, quotaOf.basic]);

  const onCanary = ["--stack", canary, "--embedded", "--check"];
  const check = await npmRun("status", ...onCanary, "--timeout", "0");
  expect(check.code).toBe(1);
  expect(check.stderr).toMatch(/1 active tenant not ready after 0 s: rolled-c$/m);
  await kubectl("scale", "deployment/openclaw", "--replicas=1", "-n", `tenant-${tenantOf(canary)}`);
  expect(await succeed("status", ...onCanary)).toMatch(/^rolled-c +basic +active +yes /m);
});

test("Ctrl-C lets the update that runs save its state, begins no other, and exits with 130", async () => {
  const update = spawn(process.execPath, [...program("up"), ...upAll], { cwd: folder, env: environment() });
  const output = { stdout: "", stderr: "" };
  update.stdout.on("data", (chunk) => {
    output.stdout += chunk;
  });
  update.stderr.on("data", (chunk) => {
    output.stderr += chunk;
  });
  const log = join(inject("engineHome"), "logs", `${canary}.log`);
  rmSync(log);
  await expect
    .poll(() => existsSync(log) && readFileSync(log, "utf8"), { timeout: 30_000 })
    .toMatch(/Updating/);
  update.kill("SIGINT");
  const [code] = await once(update, "close");
  expect(code, output.stderr).toBe(130);
  const { cells: outcomes } = JSON.parse(output.stdout);
  expect(outcomes.map(({ cell, result }: Live) => [cell, result])).toEqual([
    ["rollout-c", "interrupted"],
    ["rollout-a", "not started"],
    ["rollout-b", "not started"],
  ]);
});

test("once all is right, the next run brings every cell where its files are", async () => {
  writeTenants({ plan: "pro" });
  const { code, stderr, cells: outcomes } = await updateAll();
  expect(code, stderr).toBe(0);
  for (const cell of cells) {
    expect(outcomes[cell].result).toBe("ready");
    expect(outcomes[cell].updated).toBeGreaterThan(0);
  }
  expect(await quotas()).toEqual([quotaOf.pro, quotaOf.pro, quotaOf.pro]);
});

test.for([
  [["--all-cells", "--stack", cells[0] ?? ""], /neither --stack nor --tenants/],
  [["--all-cells", "--embedded", "--parallel", "0"], /--parallel 0: must be a whole number/],
  [["--all-cells", "--embedded", "--timeout", "soon"], /--timeout soon: must be whole seconds/],
  [["--json"], /--json requires --all-cells/],
] as const)("up %s is wrong usage", async ([args, message]) => {
  const { code, stderr } = await npmRun("up", ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
