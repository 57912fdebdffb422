import { beforeAll, expect, test } from "vitest";
import { type Registration, recordRegistrations, stackConfig } from "../fixtures/program.ts";
import { inventory } from "./inventory.ts";

let registrations: readonly Registration[];
let outputs: Record<string, unknown>;

beforeAll(async () => {
  const config = stackConfig("dev", { "openclaw:today": "2026-01-01" });
  const run = await recordRegistrations("dev", config, () => import("../../index.ts"));
  registrations = run.registrations;
  outputs = { ...run.result };
});

test("the dev stack registers what its inventory says (after a deliberate change: npx vitest run --project golden -u)", async () => {
  await expect(inventory(registrations)).toMatchFileSnapshot("dev.yaml");
});

test("no two resources have the same URN", () => {
  const urns = registrations.map(({ urn }) => urn);
  expect(urns.toSorted()).toEqual([...new Set(urns)].toSorted());
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
