import { expect, test } from "vitest";
import { tenantChanges } from "../../ops/review/tenantChanges.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { tenant } from "../fixtures/tenant.ts";

/** What happens to acme between two versions of its file. */
function changeOf(before: Partial<Tenant>, after: Partial<Tenant>) {
  const [change, ...others] = tenantChanges([tenant(before)], [tenant(after)]);
  expect(others).toEqual([]);
  return change;
}

test("a tenant that stays as it is, is not mentioned", () => {
  expect(tenantChanges([tenant()], [tenant()])).toEqual([]);
});

test("an added tenant tells its plan and how many it is for, and a state only if it is not running", () => {
  expect(tenantChanges([], [tenant(), tenant({ id: "b", plan: "basic", state: "suspended" })])).toEqual([
    {
      id: "acme",
      cell: "dev",
      displayName: "Acme Trading",
      kind: "added",
      fields: [
        { field: "plan", to: "pro" },
        { field: "users", to: "2 users, 1 admin" },
      ],
    },
    expect.objectContaining({
      id: "b",
      fields: [
        { field: "plan", to: "basic" },
        { field: "state", to: "suspended" },
        { field: "users", to: "2 users, 1 admin" },
      ],
    }),
  ]);
});

test("a removed tenant tells what it was and until when its data is kept", () => {
  const gone = tenant({ state: "offboarded", retainUntil: "2026-10-01" });
  expect(tenantChanges([gone], [])).toMatchObject([
    {
      kind: "removed",
      fields: [
        { field: "plan", from: "pro" },
        { field: "state", from: "offboarded" },
        { field: "retainUntil", from: "2026-10-01" },
      ],
    },
  ]);
});

test.each<[kind: string, before: Partial<Tenant>, after: Partial<Tenant>]>([
  ["suspended", {}, { state: "suspended" }],
  ["resumed", { state: "suspended" }, { state: "active" }],
  ["resumed", { state: "offboarded", retainUntil: "2027-01-01" }, { state: "active" }],
  ["offboarded", {}, { state: "offboarded", retainUntil: "2027-01-01" }],
  ["plan changed", {}, { plan: "enterprise" }],
  ["rotated", {}, { keyEpoch: 2 }],
  ["moved", {}, { cell: "north-01" }],
  ["changed", {}, { displayName: "Acme" }],
  ["suspended", {}, { state: "suspended", plan: "basic", keyEpoch: 2 }],
])("%s: %j → %j", (kind, before, after) => {
  expect(changeOf(before, after)?.kind).toBe(kind);
});

test("a changed tenant tells each field from what to what, those of its model too", () => {
  const change = changeOf(
    { host: "old.example" },
    { plan: "basic", keyEpoch: 2, model: { default: "MiniMax-M3", monthlyBudgetCny: 500 } },
  );
  expect(change?.fields).toEqual(
    [
      { field: "plan", from: "pro", to: "basic" },
      { field: "keyEpoch", from: "1", to: "2" },
      { field: "host", from: "old.example" },
      { field: "model.default", from: "kimi-k3", to: "MiniMax-M3" },
    ].toSorted((a, b) => fieldOrder(change?.fields, a.field) - fieldOrder(change?.fields, b.field)),
  );
});

const fieldOrder = (fields: readonly { field: string }[] = [], name: string): number =>
  fields.findIndex(({ field }) => field === name);

test("a moved tenant tells between which cells, and is neither added nor removed", () => {
  expect(changeOf({ cell: "dev" }, { cell: "north-01" })).toMatchObject({
    cell: "north-01",
    fields: [{ field: "cell", from: "dev", to: "north-01" }],
  });
});

test("people are counted and never named", () => {
  const before = tenant();
  const after = tenant({
    owner: "new-owner@acme.example",
    users: [
      { email: "Alice@acme.example", role: "admin" },
      { email: "carol@acme.example", role: "admin" },
    ],
  });
  const changes = tenantChanges([before], [after]);
  expect(changes[0]?.fields).toEqual([
    { field: "users", from: "2 users, 1 admin", to: "2 users, 2 admins, 1 new" },
    { field: "owner" },
  ]);
  expect(JSON.stringify(changes)).not.toContain("@");
});
