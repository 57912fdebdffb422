import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { servicesNamespace } from "../../components/services/namespace.ts";
import { isAlive } from "../../lib/system/process.ts";
import { run } from "../../lib/system/run.ts";
import { endLeftovers } from "../../ops/stack/leftovers.ts";
import { runVariable } from "../../ops/stack/stack.ts";
import { orphans } from "../fixtures/orphan.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/** The engine killed while it creates a cell of 20 tenants. The tests build on each other, in this order. */
let cell: Cell;

const ids = Array.from({ length: 20 }, (_, index) => `crash-${String(index + 1).padStart(2, "0")}`);

beforeAll(async () => {
  cell = await openCell("crash");
  for (const id of ids) {
    cell.writeTenant(id);
  }
});
afterAll(() => cell.close());

/** The cell's objects of a kind, in every namespace. */
async function objects(kind: string): Promise<Live[]> {
  const list = await cell.json("get", kind, "--all-namespaces", "--selector=openclaw.ai/tenant");
  return list.items.filter(
    ({ metadata }: Live) =>
      ids.includes(metadata.labels["openclaw.ai/tenant"]) && metadata.namespace !== servicesNamespace,
  );
}

/** The process and all it has started, directly or not, now. */
async function family(pid: number): Promise<number[]> {
  const parents = process.platform === "linux" ? await parentsOfLinux() : await parentsByPs();
  const members = [pid];
  for (const member of members) {
    members.push(...parents.flatMap(({ child, parent }) => (parent === member ? [child] : [])));
  }
  return members;
}

/** Processes from /proc, because a small image may have no ps. */
async function parentsOfLinux() {
  const children = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = children.map((child) => readFile(`/proc/${child}/stat`, "utf8").catch(() => ""));
  // The program's name before it, in parentheses, may hold anything.
  const parents = (await Promise.all(stats)).map((stat) => /.*\) \S (\d+)/s.exec(stat)?.[1]);
  return children.map((child, index) => ({ child: Number(child), parent: Number(parents[index]) }));
}

async function parentsByPs() {
  const { stdout } = await run("ps", ["-axo", "pid=,ppid="]);
  return stdout.split("\n").map((line) => {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    return { child: child ?? 0, parent: parent ?? 0 };
  });
}

/** Starts an update, and ends the engine by SIGKILL, and it alone, once the cluster holds so many of a kind. */
async function upKilledAt(kind: string, count: number): Promise<number[]> {
  const update = cell.startUp();
  const closed = once(update, "exit");
  update.stdout.resume();
  update.stderr.resume();
  while ((await objects(kind)).length < count) {
    expect(update.exitCode, "the update ended before it could be killed").toBeNull();
  }
  const members = await family(update.pid ?? 0);
  update.kill("SIGKILL");
  await closed;
  return members;
}

/** The recorded stack; `pending` are operations that an engine began and did not finish. */
async function recorded(): Promise<{ urns: string[]; pending: Live[] }> {
  const { latest } = JSON.parse(await cell.stateText()).checkpoint;
  return {
    urns: latest.resources.map(({ urn }: Live) => urn),
    pending: latest.pending_operations ?? [],
  };
}

test.for([
  ["namespaces", 8],
  ["deployments", 10],
] as const)(
  "an engine killed once there are %s (%i) leaves no process to the next command",
  async ([kind, count]) => {
    await cell.reopen();
    const members = await upKilledAt(kind, count);
    // The engine, two plugins, the language host and the program.
    expect(members.length).toBeGreaterThanOrEqual(5);
    // Official plugins look for their engine every few minutes; stand-ins end with it, so one that does not is added.
    using outliving = await orphans(["pulumi-resource-outliving"], { [runVariable]: cell.mark });
    expect(outliving.pids.map(isAlive)).toEqual([true]);
    await cell.reopen();
    expect([...members, ...outliving.pids].filter(isAlive)).toEqual([]);
    expect((await objects("namespaces")).length).toBeGreaterThanOrEqual(count);
  },
);

test("a command leaves the processes of a run that has its engine alone", async () => {
  const update = cell.startUp();
  const closed = once(update, "exit");
  update.stdout.resume();
  update.stderr.resume();
  const members = () => family(update.pid ?? 0);
  await expect.poll(async () => (await members()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(5);
  expect(await endLeftovers(cell.target)).toEqual([]);
  expect(update.exitCode).toBeNull();
  const started = await members();
  update.kill("SIGKILL");
  await closed;
  await endLeftovers(cell.target);
  expect(started.filter(isAlive)).toEqual([]);
});

test("the next update converges: every tenant is ready, and nothing is there twice", async () => {
  await cell.reopen();
  await cell.up();

  const deployments = await objects("deployments");
  expect(deployments.map(({ metadata }) => metadata.namespace)).toEqual(ids.map((id) => `tenant-${id}`));
  expect(deployments.map(({ status }) => status.readyReplicas)).toEqual(ids.map(() => 1));
  const kinds = ["namespaces", "secrets", "configmaps", "services", "ingresses.networking.k8s.io"];
  const walls = ["networkpolicies", "resourcequotas", "limitranges", "persistentvolumeclaims"];
  for (const kind of [...kinds, ...walls, "cronjobs", "serviceaccounts", "pods"]) {
    expect((await objects(kind)).length, kind).toBe(ids.length);
  }
});

test("the state lists every resource once, and no operation as begun", async () => {
  const { urns, pending } = await recorded();
  expect(urns).toEqual([...new Set(urns)]);
  expect(pending).toEqual([]);
  const namespaces = urns.filter((urn) => urn.endsWith("-namespace"));
  expect(namespaces).toHaveLength(ids.length);
});

test("no file of the state is written in place, where a kill would leave half of it", async () => {
  const files = await readdir(join(inject("engineHome"), "state"), { recursive: true });
  expect(files.filter((file) => file.endsWith("crash.json"))).not.toEqual([]);
  expect(files.filter((file) => file.endsWith(".attrs"))).toEqual([]);
});

test("every tenant has the credentials that the state knows", async () => {
  const { gatewayTokens } = await cell.outputs();
  const live = (await objects("secrets")).map(({ metadata, data }) => [
    metadata.labels["openclaw.ai/tenant"],
    Buffer.from(data.OPENCLAW_GATEWAY_TOKEN, "base64").toString(),
  ]);
  expect(Object.fromEntries(live)).toEqual(gatewayTokens);
});

test("a preview after that is empty, and so is a look for drift", async () => {
  expect(await cell.plan()).toEqual({});
  const { code, stdout } = await cell.pulumi("refresh", "--preview-only", "--expect-no-changes");
  expect(code, stdout).toBe(0);
});
