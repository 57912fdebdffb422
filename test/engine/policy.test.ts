import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/** The policy pack on the real engine. The tests build on each other, in this order. */
let cell: Cell;

const withPack = ["--policy-pack", "policy"] as const;

/** The program believes the day it is told, the pack does not: whoever sets it forward lifts no protection. */
const setForward = ["--config", "openclaw:today=2999-01-01"] as const;

/** Pulumi keeps what --config says in the stack's settings. */
const setBack = ["--config", `openclaw:today=${new Date().toISOString().slice(0, 10)}`] as const;

beforeAll(async () => {
  cell = await openCell("policy");
});
afterAll(() => cell.close());

const namespaces = async (): Promise<string[]> => {
  const list = await cell.json("get", "namespaces", "--selector=openclaw.ai/tenant");
  return list.items
    .map(({ metadata }: Live) => metadata.name)
    .filter((name: string) => name.startsWith("tenant-policy-"));
};

test("a preview of a good cell passes the pack and says so, though much is not known yet", async () => {
  cell.writeTenant("policy-good");
  const text = await cell.preview(...withPack);
  expect(text).toMatch(/✅ openclaw@v\d/);
  expect(text, "no rule gives up on a value that is not known yet").not.toMatch(/can't run policy/);
});

test("a preview that takes the protection off a tenant's data before its date is refused by name", async () => {
  cell.writeTenant("policy-left", { state: "offboarded", retainUntil: "2998-12-31" });
  const { code, stdout, stderr } = await cell.pulumi("preview", ...withPack, ...setForward);
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/❌ openclaw@v\d/);
  expect(stdout).toMatch(/\[mandatory\] +protected-data +\(.*PersistentVolumeClaim: policy-left-data\)/);
  expect(stdout).toMatch(/\[mandatory\] +protected-data +\(.*Namespace: policy-left-namespace\)/);
  expect(stdout).toMatch(/register it with the option protect: true/);
  expect(stdout, "the good tenant is not blamed").not.toMatch(/\[mandatory\].*policy-good/);
  expect(stdout + stderr, "a refusal is no stack trace").not.toMatch(/\n\s+at .*\.[jt]s:\d+/);
});

test("an update with the same violation changes nothing", async () => {
  const { code, stdout } = await cell.pulumi("up", "--yes", ...withPack, ...setForward);
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/protected-data/);
  expect(await namespaces()).toEqual([]);
});

test("an exception that a configuration of the pack makes is shown and lets the preview pass", async () => {
  using folder = temporaryFolder({ "exceptions.json": JSON.stringify({ "protected-data": "advisory" }) });
  const config = ["--policy-pack-config", `${folder.path}/exceptions.json`];
  const text = await cell.preview(...withPack, ...config, ...setForward);
  expect(text).toMatch(/\[advisory\] +protected-data +\(.*policy-left-data\)/);
});

test("an update of what breaks no rule goes through, also once everything is known", async () => {
  await cell.up(...withPack, ...setBack);
  expect((await namespaces()).toSorted()).toEqual(["tenant-policy-good", "tenant-policy-left"]);
  expect(await cell.preview(...withPack)).toMatch(/✅ openclaw@v\d/);
});

/** `npm run up` of the cell, with a pack whose one rule looks at the whole stack. */
const npmRunUp = (...packs: string[]): Promise<RunResult> =>
  run(
    process.execPath,
    [
      ...[join(repository, "ops", "main.ts"), "up"],
      ...["--stack", cell.stack, "--embedded", "--tenants", cell.folder, "--", ...packs],
    ],
    {
      cwd: repository,
      env: { ...process.env, OPENCLAW_LOCAL: inject("engineHome") },
      timeout: 120_000,
    },
  );

test("npm run up with a pack changes neither state nor cluster if a rule about the whole stack is broken", async () => {
  cell.writeTenant("policy-unwanted");
  const [state, before] = [await cell.stateText(), await namespaces()];
  const { code, stdout } = await npmRunUp("--policy-pack", "test/fixtures/stackRulePack");
  expect(code).toBe(1);
  expect(stdout).toMatch(/\[mandatory\] +no-unwanted-tenant/);
  expect(await cell.stateText()).toBe(state);
  expect(await namespaces()).toEqual(before);
});

test("and goes through if none is", async () => {
  await cell.removeTenant("policy-unwanted");
  cell.writeTenant("policy-wanted");
  const { code, stdout, stderr } = await npmRunUp("--policy-pack", "test/fixtures/stackRulePack");
  expect(code, stdout + stderr).toBe(0);
  expect(await namespaces()).toContain("tenant-policy-wanted");
});
