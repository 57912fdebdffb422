import { beforeAll, expect, test } from "vitest";
import { platformOfStack } from "../../components/platform/index.ts";
import { ackPlatformOutputs } from "../fixtures/alicloudOutputs.ts";
import { type Registration, recordStack } from "../fixtures/program.ts";
import { inventory } from "./inventory.ts";

let registrations: readonly Registration[];
let outputs: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  ({ registrations, outputs } = await recordStack("ack-platform"));
});

test("the stack ack-platform registers what its inventory says (after a deliberate change: npx vitest run --project golden -u)", async () => {
  await expect(inventory(registrations)).toMatchFileSnapshot("ack-platform.yaml");
});

test("no two resources have the same URN", () => {
  const urns = registrations.map(({ urn }) => urn);
  expect(urns.toSorted()).toEqual([...new Set(urns)].toSorted());
});

test("every resource names its provider", () => {
  expect(registrations.filter(({ hasProvider }) => !hasProvider).map(({ urn }) => urn)).toEqual([]);
});

test("cells can read what the stack says of cluster, platform and services", async () => {
  const { cluster, services } = outputs;
  expect(cluster).toEqual(ackPlatformOutputs.cluster);
  expect(services).toEqual(ackPlatformOutputs.services);
  expect(await platformOfStack("organization/openclaw/ack-platform")).toEqual(ackPlatformOutputs);
});

test("the stack tells the addresses that the fleet goes out from", () => {
  expect(outputs.egressAddresses).toEqual(["203.0.113.1", "203.0.113.2"]);
});
