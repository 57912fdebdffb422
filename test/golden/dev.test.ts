import { createRequire } from "node:module";
import { beforeAll, expect, test } from "vitest";
import { sharedServicesSchema } from "../../components/services/sharedServices.ts";
import { plain, type Registration, recordRegistrations, stackConfig } from "../fixtures/program.ts";
import { inventory } from "./inventory.ts";

let registrations: readonly Registration[];
let outputs: Record<string, unknown>;

beforeAll(async () => {
  const config = stackConfig("dev", { "openclaw:today": "2026-01-01" });
  const run = await recordRegistrations("dev", config, () => import("../../index.ts"));
  registrations = run.registrations;
  outputs = await plain(run.result);
});

test("the dev stack registers what its inventory says (after a deliberate change: npx vitest run --project golden -u)", async () => {
  await expect(inventory(registrations)).toMatchFileSnapshot("dev.yaml");
});

test("no two resources have the same URN", () => {
  const urns = registrations.map(({ urn }) => urn);
  expect(urns.toSorted()).toEqual([...new Set(urns)].toSorted());
});

test("every resource names its provider", () => {
  expect(registrations.filter(({ hasProvider }) => !hasProvider).map(({ urn }) => urn)).toEqual([]);
});

test("the stack tells each tenant's address, plan, state and price, and the cell's", () => {
  expect(outputs.tenants).toMatchObject({
    acme: { namespace: "tenant-acme", url: "https://acme.openclaw.localhost", plan: "pro", state: "active" },
    dormant: { plan: "basic", state: "suspended" },
  });
  const tenants = outputs.tenants as Record<string, { monthlyCny: number }>;
  const sum = Object.values(tenants).reduce((total, { monthlyCny }) => total + monthlyCny, 0);
  expect(outputs.cell).toEqual({ name: "dev", tenants: Object.keys(tenants).length, monthlyCny: sum });
});

test("the stack tells cells how to get to cluster, platform and services, without a credential", () => {
  const { cluster, platform, services } = outputs;
  expect(cluster).toEqual({ kind: "existing", name: "openclaw-dev", context: "openclaw-dev" });
  expect(platform).toMatchObject({ domain: "openclaw.localhost" });
  expect(sharedServicesSchema.parse(services)).toMatchObject({
    kind: "inCluster",
    database: { host: "database.openclaw-services.svc", port: 5432, adminSecret: "database-admin" },
  });
});

test("the stack does not load a cloud's package, which takes most of a second", () => {
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.some((file) => file.includes("/@pulumi/kubernetes/"))).toBe(true);
  expect(loaded.filter((file) => file.includes("/@pulumi/alicloud/"))).toEqual([]);
});
