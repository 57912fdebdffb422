import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * What is there already is not taken over. Two cells, and objects that somebody else made; the tests build on each other, in
 * this order.
 */
const cells = temporaryFolder();
let cell: Cell;
let other: Cell;
/** A cell of another repository, whose checks see nothing of the first one's files. */
let apart: Cell;

beforeAll(async () => {
  cell = await openCell("takeover", {}, { cells });
  other = await openCell("takeover-two", {}, { cells });
  apart = await openCell("takeover-apart");
  cell.writeTenant("took-a", { displayName: "First & Sons" });
  await cell.up();
  await other.up();
});
afterAll(() => {
  apart.close();
  cells[Symbol.dispose]();
});

const uidOf = async (kind: string, name: string, namespace: string): Promise<string> =>
  (await cell.json("get", kind, name, "--namespace", namespace)).metadata.uid;
const namespaceOf = (id: string): Promise<Live> => cell.json("get", "namespace", `tenant-${id}`);
const markOf = async (id: string): Promise<string> =>
  (await namespaceOf(id)).metadata.annotations["openclaw.ai/owned-by"];

/** Both ways of trying, and that the state has no more than its identity since. @returns what was said */
async function refused(at: Cell): Promise<string> {
  const before = resourcesOf(await at.stateText());
  const preview = await at.pulumi("preview");
  expect(preview.code, preview.stdout).not.toBe(0);
  const update = await at.pulumi("up", "--yes", "--skip-preview");
  expect(update.code, update.stdout).not.toBe(0);
  expect(resourcesOf(await at.stateText())).toEqual(before);
  const said = update.stdout + update.stderr;
  expect(said).not.toContain("    at ");
  return said;
}

/** URNs of what is in a cluster. */
const resourcesOf = (state: string): string[] =>
  (JSON.parse(state).checkpoint.latest?.resources ?? [])
    .map(({ urn }: { urn: string }) => urn)
    .filter((urn: string) => /^(kubernetes|openclaw):/.test(urn.split("::")[2] ?? ""))
    .toSorted();

test("a namespace and a claim that somebody else made are not a new tenant's", async () => {
  await cell.kubectl(["create", "namespace", "tenant-took-b"]);
  const claim = {
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
    metadata: { name: "openclaw-data", namespace: "tenant-took-b" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
  await cell.kubectl(["create", "-f", "-"], claim);
  const uid = await uidOf("pvc", "openclaw-data", "tenant-took-b");
  cell.writeTenant("took-b");
  const said = await refused(cell);
  expect(said).toContain("There already: the Namespace tenant-took-b, the PersistentVolumeClaim");
  expect(said).toContain("adopt: { from: unmarked, to: takeover }");
  expect(await uidOf("pvc", "openclaw-data", "tenant-took-b")).toBe(uid);
  expect((await namespaceOf("took-b")).metadata.labels).not.toHaveProperty("openclaw.ai/tenant");
});

test("a namespace alone is enough, and an adoption that names both owners takes it", async () => {
  await cell.kubectl(["delete", "pvc", "openclaw-data", "--namespace", "tenant-took-b"]);
  expect(await refused(cell)).toContain("There already: the Namespace tenant-took-b.");
  cell.writeTenant("took-b", { adopt: { from: "takeover/aaaaaaaaaaaa", to: "takeover" } });
  expect(await refused(cell)).toContain("it must be from unmarked to takeover");
  cell.writeTenant("took-b", { adopt: { from: "unmarked", to: "takeover" } });
  await cell.up();
  expect(await markOf("took-b")).toBe(await markOf("took-a"));
  expect(await cell.plan()).toEqual({});
});

test("another cell's tenant is not a new tenant's, whoever asks", async () => {
  const uid = (await namespaceOf("took-a")).metadata.uid;
  apart.writeTenant("took-a");
  expect(await refused(apart)).toMatch(/Owner: the stack takeover, takeover\/[a-z0-9]{12}: "First & Sons"/);
  expect((await namespaceOf("took-a")).metadata.uid).toBe(uid);
});

test("the cluster itself keeps a tenant's namespace from changing its owner", async () => {
  const mark = await markOf("took-a");
  const claimed = await cell.kubectl([
    ...["annotate", "namespace", "tenant-took-a", "--overwrite"],
    "openclaw.ai/owned-by=takeover-two/aaaaaaaaaaaa",
  ]);
  expect(claimed.stderr).toContain("belongs to another stack or state");
  const dropped = await cell.kubectl(["annotate", "namespace", "tenant-took-a", "openclaw.ai/owned-by-"]);
  expect(dropped.code).not.toBe(0);
  expect(await markOf("took-a")).toBe(mark);
});

test("a tenant that was resumed before its day goes on with what it has", async () => {
  const uid = await uidOf("pvc", "openclaw-data", "tenant-took-a");
  cell.writeTenant("took-a", { state: "offboarded", retainUntil: "2030-01-01" });
  await cell.up();
  cell.writeTenant("took-a");
  await cell.up();
  expect(await uidOf("pvc", "openclaw-data", "tenant-took-a")).toBe(uid);
});

test("the id of a tenant that has left is free once nothing is left of it", async () => {
  cell.writeTenant("took-a", {
    displayName: "First & Sons",
    state: "offboarded",
    retainUntil: "2020-01-01",
  });
  await cell.up();
  await cell.removeTenant("took-a");
  await cell.up();
  const password = async () =>
    (await cell.json("get", "secret", "tenant-took-a", "-n", "openclaw-services")).data["backup-password"];
  const former = await password();

  cell.writeTenant("took-a", { displayName: "Somebody Else", owner: "ops@else.example" });
  const said = await refused(cell);
  expect(said).toMatch(/of a tenant that was offboarded: "First & Sons"/);
  expect(said).toContain("npm run purge -- --tenant took-a");
  expect(said).not.toContain("ops@");
  expect(await password()).toBe(former);

  // What purge does in the end; its Jobs run on real nodes alone.
  await cell.kubectl(["delete", "secret", "tenant-took-a", "--namespace", "openclaw-services"]);
  expect(await refused(cell)).not.toContain("the Secret");
  await cell.kubectl(["delete", "namespace", "tenant-took-a"]);
  await cell.up();
  expect(await password()).not.toBe(former);
});

test("a cluster that is lost under its state is filled again", async () => {
  await cell.kubectl(["delete", "namespace", "tenant-took-b"]);
  await cell.up("--refresh");
  expect(await markOf("took-b")).toBe(await markOf("took-a"));
  expect(await cell.plan()).toEqual({});
});

test("what an update made and did not come to record is its own", async () => {
  cell.writeTenant("took-c");
  const update = cell.startUp();
  const closed = once(update, "exit");
  update.stdout.resume();
  update.stderr.resume();
  while ((await cell.kubectl(["get", "pvc", "openclaw-data", "-n", "tenant-took-c"])).code !== 0) {
    expect(update.exitCode, "the update ended before it could be killed").toBeNull();
  }
  update.kill("SIGKILL");
  await closed;
  const uid = (await namespaceOf("took-c")).metadata.uid;
  await cell.reopen();
  await cell.up();
  expect((await namespaceOf("took-c")).metadata.uid).toBe(uid);
  expect(await cell.plan()).toEqual({});
});

test("a second clone, whose state is its own, takes neither shared services nor tenants over", async () => {
  using folder = temporaryFolder();
  const clone = await openCell("dev", {}, { stateIn: folder.path });
  const secret = async () =>
    (await cell.json("get", "secret", "database-admin", "--namespace", "openclaw-services")).data;
  const before = await secret();
  expect(await refused(clone)).toMatch(
    /There already: the Namespace openclaw-services[\s\S]*Owner: another state of a stack dev, dev\/[a-z0-9]{12}[\s\S]*the Namespace openclaw-edge/,
  );
  expect(await secret()).toEqual(before);
  clone.close();
});

describe("a tenant that moves to another cell", () => {
  const id = "took-c";

  test("is refused there without an adoption, and kept here while its resources are here", async () => {
    await cell.removeTenant(id);
    other.writeTenant(id);
    expect(await refused(other)).toMatch(/Owner: the stack takeover, takeover\/[a-z0-9]{12}/);
    expect(await refused(cell)).toContain(`the tenant is still in the stack ${cell.stack}`);
    expect((await cell.object(id, "deployments", "openclaw")).status.readyReplicas).toBe(1);
  });

  test("goes with its volume and its credentials once its resources have been moved", async () => {
    const [uid, { [id]: token }] = [
      await uidOf("pvc", "openclaw-data", `tenant-${id}`),
      (await cell.outputs()).gatewayTokens,
    ];
    const from = await markOf(id);
    const urn = urnOf(await cell.stateText(), id);
    await cell.state("move", "--source", cell.stack, "--dest", other.stack, "--yes", urn);
    other.writeTenant(id, { adopt: { from, to: other.stack } });
    // A Job runs again by being another one.
    const { [`${id}-provision`]: accounts, ...others } = await other.plan();
    expect(accounts).toMatch(/replace/);
    expect(new Set(Object.values(others))).toEqual(new Set(["update"]));
    await other.up();
    await cell.up();

    expect(await markOf(id)).toMatch(/^takeover-two\//);
    expect(await uidOf("pvc", "openclaw-data", `tenant-${id}`)).toBe(uid);
    expect((await other.outputs()).gatewayTokens[id]).toBe(token);
    expect((await cell.outputs()).tenants).not.toHaveProperty(id);
    // The consent has served.
    other.writeTenant(id);
    await other.up();
    expect(await other.plan()).toEqual({});
    expect(await cell.plan()).toEqual({});
    expect((await other.object(id, "deployments", "openclaw")).status.readyReplicas).toBe(1);
  });
});

const urnOf = (state: string, id: string): string =>
  resourcesOf(state).find((urn) => urn.endsWith(`openclaw:tenant:Tenant::${id}`)) ?? expect.unreachable();
