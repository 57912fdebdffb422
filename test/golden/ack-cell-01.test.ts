import { beforeAll, expect, test } from "vitest";
import { type Registration, recordStack } from "../fixtures/program.ts";
import { inventory } from "./inventory.ts";

let registrations: readonly Registration[];

beforeAll(async () => {
  ({ registrations } = await recordStack("ack-cell-01"));
});

test("the stack ack-cell-01 registers what its inventory says (after a deliberate change: npx vitest run --project golden -u)", async () => {
  await expect(inventory(registrations)).toMatchFileSnapshot("ack-cell-01.yaml");
});

test("every resource names its provider", () => {
  expect(registrations.filter(({ hasProvider }) => !hasProvider).map(({ urn }) => urn)).toEqual([]);
});

test("a cell makes nothing in the cloud but its tenants' roles", () => {
  const kinds = registrations.filter(({ type }) => type.startsWith("alicloud:")).map(({ type }) => type);
  expect([...new Set(kinds)].toSorted()).toEqual([
    "alicloud:ram/policy:Policy",
    "alicloud:ram/role:Role",
    "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
  ]);
});
