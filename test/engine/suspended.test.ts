import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cell, openCell } from "./cell.ts";

/**
 * A tenant that is suspended from the start has never had a pod, and the class binds a claim with the first one, as the
 * clouds' classes do. The tests build on each other, in this order.
 */
let cell: Cell;

beforeAll(async () => {
  cell = await openCell("asleep");
  cell.writeTenant("asleep-a", { state: "suspended" });
  cell.writeTenant("asleep-b");
});
afterAll(() => cell.close());

const claimPhase = async (tenant: string): Promise<string> =>
  (await cell.object(tenant, "persistentvolumeclaims", "openclaw-data")).status.phase;

test("its claim has no volume, and no update waits for one", async () => {
  await cell.up();
  expect(await claimPhase("asleep-a")).toBe("Pending");
  expect(await claimPhase("asleep-b")).toBe("Bound");
  const deployment = await cell.object("asleep-a", "deployments", "openclaw");
  expect(deployment.spec.replicas).toBe(0);
});

test("a second preview, with what the cluster says, and a second update change nothing", async () => {
  expect(await cell.plan()).toEqual({});
  await cell.up("--expect-no-changes");
  await cell.up("--refresh", "--expect-no-changes");
});

test("resumed, it is waited for: its pod is ready and its claim bound when the update ends", async () => {
  cell.writeTenant("asleep-a");
  await cell.up();
  const deployment = await cell.object("asleep-a", "deployments", "openclaw");
  expect(deployment.metadata.annotations).not.toHaveProperty(["pulumi.com/skipAwait"]);
  expect(deployment.status.readyReplicas).toBe(1);
  expect(await claimPhase("asleep-a")).toBe("Bound");
});

test("suspended again, it keeps its volume", async () => {
  const volume = (await cell.object("asleep-a", "persistentvolumeclaims", "openclaw-data")).spec.volumeName;
  cell.writeTenant("asleep-a", { state: "suspended" });
  await cell.up();
  const claim = await cell.object("asleep-a", "persistentvolumeclaims", "openclaw-data");
  expect({ volume: claim.spec.volumeName, phase: claim.status.phase }).toEqual({ volume, phase: "Bound" });
});
