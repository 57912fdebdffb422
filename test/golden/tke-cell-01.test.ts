import { beforeAll, expect, test } from "vitest";
import { type Registration, recordStack } from "../fixtures/program.ts";
import { documentedResources, faults } from "../fixtures/tencentcloud/bridge.ts";
import { inventory } from "./inventory.ts";

let registrations: readonly Registration[];
let outputs: Record<string, unknown>;

beforeAll(async () => {
  ({ registrations, outputs } = await recordStack("tke-cell-01"));
});

test("the stack registers what its inventory says (after a deliberate change: npx vitest run --project golden -u)", async () => {
  await expect(inventory(registrations)).toMatchFileSnapshot("tke-cell-01.yaml");
});

test("no two resources have the same URN", () => {
  const urns = registrations.map(({ urn }) => urn);
  expect(urns.toSorted()).toEqual([...new Set(urns)].toSorted());
});

test("every resource names its provider", () => {
  expect(registrations.filter(({ hasProvider }) => !hasProvider).map(({ urn }) => urn)).toEqual([]);
});

test("of the cloud a cell makes its tenants' roles only, with arguments that the provider documents", () => {
  const ofTheCloud = registrations.filter(({ type }) => type.startsWith("tencentcloud:"));
  expect(ofTheCloud.map(({ name }) => name).toSorted()).toEqual([
    "kestrel-role",
    "kestrel-role-attachment",
    "kestrel-role-policy",
  ]);
  const wrong = ofTheCloud.flatMap(({ type, inputs }) =>
    faults(documentedResources.get(type)?.arguments ?? {}, inputs),
  );
  expect(wrong).toEqual([]);
});

test("the cell tells its tenants' addresses", () => {
  expect(outputs.tenants).toMatchObject({ kestrel: { url: "https://kestrel.domain" } });
});
