import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { type Drift, driftOf } from "../../ops/ci/drift.ts";
import { previewStack } from "../../ops/review/runPreview.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { type Cell, openCell } from "./cell.ts";

/** What somebody changed by hand in the cluster. The tests build on each other, in this order. */
let cell: Cell;

beforeAll(async () => {
  cell = await openCell("drift");
  cell.writeTenant("drift-a");
  cell.writeTenant("drift-b");
  await cell.up();
});
afterAll(() => cell.close());

const quota = async () => (await cell.object("drift-a", "resourcequotas", "openclaw")).spec.hard;
const networkPolicy = () => cell.object("drift-a", "networkpolicies", "openclaw");

/** As the deployer, whom the guardrails let: by `kubectl edit` and the like. */
async function byHand(...args: string[]): Promise<void> {
  const { code, stderr } = await cell.kubectl([...args, "--namespace=tenant-drift-a"]);
  expect(code, stderr).toBe(0);
}

test("nothing is drift in a cell that nobody touched", async () => {
  const { code, stdout } = await cell.pulumi("refresh", "--preview-only", "--expect-no-changes");
  expect(code, stdout).toBe(0);
  expect(await nightly()).toEqual({ stack: "drift", outcome: "clean", changes: [], beingDeleted: "" });
});

test("a refresh shows what was changed by hand, and changes nothing", async () => {
  await byHand("patch", "resourcequota/openclaw", "--type=merge", '--patch={"spec":{"hard":{"pods":"99"}}}');
  await byHand("delete", "networkpolicy/openclaw");
  await byHand("scale", "deployment/openclaw", "--replicas=0");

  const { code, stdout, stderr } = await cell.pulumi("refresh", "--preview-only", "--diff");
  expect(code, stdout + stderr).toBe(0);
  expect(changesIn(stdout)).toEqual([
    "delete drift-a-network-policy",
    "update drift-a-deployment",
    "update drift-a-quota",
  ]);
  expect(stdout).toMatch(/~ pods *: "3" => "99"/);
  expect(stdout).toMatch(/~ replicas *: 1 => 0/);

  expect(await nightly()).toEqual({
    stack: "drift",
    outcome: "drifted",
    changes: [
      { kind: "update", type: "Deployment", name: "drift-a-deployment" },
      { kind: "update", type: "ResourceQuota", name: "drift-a-quota" },
      { kind: "create", type: "NetworkPolicy", name: "drift-a-network-policy" },
    ],
    beingDeleted: "",
  });

  expect((await quota()).pods).toBe("99");
  expect(await networkPolicy()).toBeUndefined();
  expect(await driftStillShows()).toBe(true);
});

test("an update with --refresh takes it back, and the next preview is empty", async () => {
  const neighbour = await cell.object("drift-b", "resourcequotas", "openclaw");
  await cell.up("--refresh");
  expect((await quota()).pods).toBe("3");
  expect((await networkPolicy()).spec.policyTypes).toEqual(["Ingress", "Egress"]);
  const deployment = await cell.object("drift-a", "deployments", "openclaw");
  expect(deployment.status.readyReplicas).toBe(1);
  expect(await cell.object("drift-b", "resourcequotas", "openclaw")).toEqual(neighbour);

  expect(await driftStillShows()).toBe(false);
  expect(await cell.plan()).toEqual({});
});

test("what is none of the program's business is no drift", async () => {
  await byHand("label", "configmap/openclaw-config", "team=support");
  expect(await driftStillShows()).toBe(false);
  expect((await nightly()).outcome).toBe("clean");
  await cell.up("--refresh", "--expect-no-changes");
  const configMap = await cell.object("drift-a", "configmaps", "openclaw-config");
  expect(configMap.metadata.labels.team).toBe("support");
});

/** The findings of the nightly workflow. */
async function nightly(): Promise<Drift> {
  const target = targetOf({ stack: cell.stack, embedded: true, tenants: cell.folder }, inject("engineHome"));
  return driftOf(await previewStack(target, undefined, silentProgress, ["--refresh"]), "");
}

async function driftStillShows(): Promise<boolean> {
  const { code } = await cell.pulumi("refresh", "--preview-only", "--expect-no-changes");
  return code !== 0;
}

/** `<operation> <name>` of every resource in what `--diff` prints. */
function changesIn(text: string): string[] {
  const pattern = /\((update|delete|create|replace)\)\n(?: +\[.*\]\n)*? +\[urn=(?:.*)::(.+)\]/g;
  return [...text.matchAll(pattern)].map(([, op, name]) => `${op} ${name}`).toSorted();
}
