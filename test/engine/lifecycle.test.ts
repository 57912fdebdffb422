import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cell, type Live, openCell } from "./cell.ts";

/** One cell's life, from nothing to offboarded tenants. The tests build on each other, in this order. */
let cell: Cell;

beforeAll(async () => {
  cell = await openCell("lifecycle");
  cell.writeTenant("life-a");
  cell.writeTenant("life-b");
});
afterAll(() => cell.close());

const wallAndData = [
  "LimitRange openclaw",
  "NetworkPolicy openclaw",
  "PersistentVolumeClaim openclaw-data",
  "ResourceQuota openclaw",
];
const instance = [
  "ConfigMap openclaw-config",
  "CronJob openclaw-backup",
  "Deployment openclaw",
  "Secret openclaw-credentials",
  "Service openclaw",
  "ServiceAccount openclaw",
];

async function pod(tenant: string): Promise<Live> {
  const pods = await cell.json("get", "pods", "-n", `tenant-${tenant}`);
  return pods.items.find(({ metadata }: Live) => metadata.deletionTimestamp === undefined);
}

/** Every object of a namespace with the version the API server gives it at each change. */
async function versions(tenant: string): Promise<string[]> {
  const kinds =
    "deployments,services,ingresses,secrets,configmaps,serviceaccounts,persistentvolumeclaims,pods";
  const list = await cell.json(
    "get",
    `${kinds},networkpolicies,resourcequotas,limitranges`,
    "-n",
    `tenant-${tenant}`,
  );
  return list.items.map(({ kind, metadata }: Live) => `${kind} ${metadata.name} ${metadata.resourceVersion}`);
}

const resourcesOf = (state: string): string[] =>
  JSON.parse(state)
    .checkpoint.latest.resources.map(({ urn }: { urn: string }) => urn)
    .toSorted();

const sizeOf = async (tenant: string) =>
  (await cell.object(tenant, "persistentvolumeclaims", "openclaw-data"))?.status.capacity.storage;

test("up from nothing brings every tenant's pod to readiness", async () => {
  await cell.up();
  for (const tenant of ["life-a", "life-b"]) {
    expect(await cell.inventory(tenant)).toEqual(
      [...wallAndData, ...instance, "Ingress openclaw", "Pod"].toSorted(),
    );
    expect((await cell.object(tenant, "deployments", "openclaw")).status.readyReplicas).toBe(1);
    expect((await cell.object(tenant, "persistentvolumeclaims", "openclaw-data")).status.phase).toBe("Bound");
  }
  expect((await cell.outputs()).cell).toMatchObject({ name: "lifecycle", tenants: 2 });
});

test("a second preview and a second update change nothing", async () => {
  expect(await cell.plan()).toEqual({});
  await cell.up("--expect-no-changes");
});

test("adding a tenant touches no other tenant's objects", async () => {
  const before = await versions("life-a");
  cell.writeTenant("life-c");
  const plan = await cell.plan();
  expect(Object.keys(plan).filter((name) => !name.startsWith("life-c"))).toEqual([]);
  expect(new Set(Object.values(plan))).toEqual(new Set(["create"]));
  await cell.up();
  expect(await versions("life-a")).toEqual(before);
});

test("a larger plan is applied in place: no object of the tenant is replaced, and the volume grows", async () => {
  const uid = (await cell.object("life-a", "persistentvolumeclaims", "openclaw-data")).metadata.uid;
  expect(await sizeOf("life-a")).toBe("10Gi");
  cell.writeTenant("life-a", { plan: "pro" });
  const { "life-a-provision": accounts, ...others } = await cell.plan();
  expect(new Set(Object.values(others))).toEqual(new Set(["update"]));
  // A Job runs again by being another one.
  expect(accounts).toMatch(/replace/);
  await cell.up();
  await expect.poll(() => sizeOf("life-a"), { timeout: 10_000 }).toBe("50Gi");
  const claim = await cell.object("life-a", "persistentvolumeclaims", "openclaw-data");
  expect(claim.metadata.uid).toBe(uid);
  const deployment = await cell.object("life-a", "deployments", "openclaw");
  expect(deployment.spec.template.spec.containers[0].resources.requests).toMatchObject({
    cpu: "2",
    memory: "2Gi",
  });
});

test("a suspended tenant has no pod and no route, and keeps its volume and credentials", async () => {
  const before = await cell.object("life-b", "secrets", "openclaw-credentials");
  cell.writeTenant("life-b", { state: "suspended" });
  await cell.up();
  await expect
    .poll(() => cell.inventory("life-b"), { timeout: 30_000 })
    .toEqual([...wallAndData, ...instance].toSorted());
  expect((await cell.object("life-b", "secrets", "openclaw-credentials")).data).toEqual(before.data);
});

test("a resumed tenant is back with its route and the same volume", async () => {
  const volume = (await cell.object("life-b", "persistentvolumeclaims", "openclaw-data")).spec.volumeName;
  cell.writeTenant("life-b", { state: "active" });
  await cell.up();
  expect(await cell.inventory("life-b")).toContain("Ingress openclaw");
  expect((await cell.object("life-b", "deployments", "openclaw")).status.readyReplicas).toBe(1);
  expect((await cell.object("life-b", "persistentvolumeclaims", "openclaw-data")).spec.volumeName).toBe(
    volume,
  );
});

test("raising keyEpoch rotates every credential, forgets the old ones and rolls the pod", async () => {
  const oldSecret = (await cell.object("life-b", "secrets", "openclaw-credentials")).data;
  const oldToken = (await cell.outputs()).gatewayTokens["life-b"];
  const oldPod = (await pod("life-b")).metadata.uid;
  cell.writeTenant("life-b", { keyEpoch: 2 });
  await cell.up();

  const secret = (await cell.object("life-b", "secrets", "openclaw-credentials")).data;
  expect(Object.keys(secret)).toEqual(Object.keys(oldSecret));
  // What backups are encrypted with stays: old ones must be readable.
  const kept = Object.keys(secret).filter((name) => secret[name] === oldSecret[name]);
  expect(kept).toEqual(["BACKUP_PASSWORD"]);
  const token = (await cell.outputs()).gatewayTokens["life-b"];
  expect(token).not.toBe(oldToken);
  expect(Buffer.from(secret.OPENCLAW_GATEWAY_TOKEN, "base64").toString()).toBe(token);
  expect((await pod("life-b")).metadata.uid).not.toBe(oldPod);
});

test("a root that is replaced in the same epoch rolls the pod too, and tells the shared services", async () => {
  const job = () => cell.json("get", "job", "provision-life-b-e2", "--namespace", "openclaw-services");
  const [oldPod, oldJob] = [(await pod("life-b")).metadata.uid, (await job()).metadata.uid];
  const root = resourcesOf(await cell.stateText()).find((urn) => urn.endsWith("::life-b-credential-root"));
  await cell.up("--replace", root ?? expect.unreachable());
  expect((await pod("life-b")).metadata.uid).not.toBe(oldPod);
  expect((await job()).metadata.uid).not.toBe(oldJob);
  expect(await cell.plan()).toEqual({});
});

test("deleting an active tenant's file is refused before anything is touched", async () => {
  const [objects, state] = [await versions("life-c"), await cell.stateText()];
  await cell.removeTenant("life-c");
  const { code, stdout, stderr } = await cell.pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/life-c\.yaml: the tenant is active; put the file back/);
  expect(await versions("life-c")).toEqual(objects);
  expect(resourcesOf(await cell.stateText())).toEqual(resourcesOf(state));

  cell.writeTenant("life-c");
  expect(await cell.plan()).toEqual({});
});

test("destroying the stack is refused too; every instance runs on, and the next update is clean", async () => {
  const before = await pod("life-a");
  const credentials = (await cell.object("life-a", "secrets", "openclaw-credentials")).data;
  const rootsInState = async () => resourcesOf(await cell.stateText()).filter((urn) => urn.endsWith("-root"));
  const roots = await rootsInState();
  expect(roots).toHaveLength(6);
  const { code, stdout, stderr } = await cell.pulumi("destroy", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/protect/);
  expect((await cell.json("get", "namespace", "tenant-life-a")).status.phase).toBe("Active");
  expect((await pod("life-a")).metadata.uid).toBe(before.metadata.uid);
  // Else the update made others, and every credential was another.
  expect(await rootsInState()).toEqual(roots);
  await cell.up();
  expect((await cell.object("life-a", "secrets", "openclaw-credentials")).data).toEqual(credentials);
  expect((await pod("life-a")).metadata.uid).toBe(before.metadata.uid);
  expect(await cell.plan()).toEqual({});
});

test("an offboarded tenant is backed up, loses workload, route and credentials, and keeps its volume", async () => {
  const volume = (await cell.object("life-c", "persistentvolumeclaims", "openclaw-data")).spec.volumeName;
  cell.writeTenant("life-c", { state: "offboarded", retainUntil: "2027-06-01" });
  await cell.up("--config", "openclaw:today=2027-05-31");
  expect((await cell.object("life-c", "jobs", "final-backup")).status.succeeded).toBe(1);
  // Its pod keeps a volume, and so it goes when it has done its work.
  expect(await cell.plan()).toEqual({ "life-c-final-backup": "delete" });
  await cell.up("--config", "openclaw:today=2027-05-31");
  await expect.poll(() => cell.inventory("life-c"), { timeout: 30_000 }).toEqual(wallAndData);
  expect((await cell.object("life-c", "persistentvolumeclaims", "openclaw-data")).spec.volumeName).toBe(
    volume,
  );
  expect((await cell.outputs()).gatewayTokens).not.toHaveProperty("life-c");
  expect(await cell.plan()).toEqual({});
});

test("until its retention date an offboarded tenant's file cannot be deleted", async () => {
  await cell.removeTenant("life-c");
  const { code, stdout, stderr } = await cell.pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/life-c\.yaml: its data is kept until 2027-06-01/);
});

test("from that day on it can; the tenant leaves the stack, and its data stays in the cluster", async () => {
  cell.writeTenant("life-c", { state: "offboarded", retainUntil: "2027-06-01" });
  await cell.up("--config", "openclaw:today=2027-06-01");
  await cell.removeTenant("life-c");
  await cell.up();
  expect(await cell.stateText()).not.toContain("life-c");
  expect((await cell.object("life-c", "persistentvolumeclaims", "openclaw-data")).status.phase).toBe("Bound");
  expect(await cell.inventory("life-c")).toContain("NetworkPolicy openclaw");
  expect(await cell.plan()).toEqual({});
});
