import { beforeAll, expect, test } from "vitest";
import { platformOfStack } from "../../components/platform/index.ts";
import { type Registration, recordStack } from "../fixtures/program.ts";
import {
  bridgedName,
  documentedResources,
  type Field,
  type Fields,
  faults,
} from "../fixtures/tencentcloud/bridge.ts";
import { tkePlatformOutputs } from "../fixtures/tencentcloud/outputs.ts";
import { inventory } from "./inventory.ts";

let registrations: readonly Registration[];
let outputs: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  ({ registrations, outputs } = await recordStack("tke-platform"));
});

const ofTheCloud = () => registrations.filter(({ type }) => type.startsWith("tencentcloud:"));

test("the stack registers what its inventory says (after a deliberate change: npx vitest run --project golden -u)", async () => {
  await expect(inventory(registrations)).toMatchFileSnapshot("tke-platform.yaml");
});

test("no two resources have the same URN", () => {
  const urns = registrations.map(({ urn }) => urn);
  expect(urns.toSorted()).toEqual([...new Set(urns)].toSorted());
});

test("every resource names its provider", () => {
  expect(registrations.filter(({ hasProvider }) => !hasProvider).map(({ urn }) => urn)).toEqual([]);
});

test("every resource of the cloud is one that the provider documents, with arguments that it documents", () => {
  const wrong = ofTheCloud().flatMap(({ type, name, inputs }) => {
    const known = documentedResources.get(type);
    return known === undefined
      ? [`${name}: no ${type}`]
      : faults(known.arguments, inputs).map((f) => `${name}: ${f}`);
  });
  expect(wrong).toEqual([]);
  expect(ofTheCloud().length).toBeGreaterThan(30);
});

test("every argument whose changes are ignored is one that the provider documents", () => {
  const ignored = ofTheCloud().flatMap(({ type, ignoreChanges = [] }) =>
    ignoreChanges.map((path) => ({ type, path })),
  );
  const unknown = ignored.filter(({ type, path }) => !documents(type, path.split(".")));
  expect(unknown).toEqual([]);
  expect(ignored.length).toBeGreaterThan(0);
});

/** Whether a resource has an argument at this path of bridged names. */
function documents(type: string, path: readonly string[]): boolean {
  let fields: Fields | undefined = documentedResources.get(type)?.arguments;
  return path.every((name) => {
    const kind: Field | undefined = Object.entries(fields ?? {}).find(
      ([terraformName, each]) => bridgedName(terraformName, each) === name,
    )?.[1];
    fields = typeof kind === "object" ? (kind.block ?? kind.blocks) : undefined;
    return kind !== undefined;
  });
}

test("cells are told how to get to cluster, platform and services, without a credential", async () => {
  const { cluster, platform, services } = outputs;
  expect({ cluster, platform, services }).toEqual(tkePlatformOutputs);
  expect(await platformOfStack("organization/openclaw/tke-platform")).toEqual(tkePlatformOutputs);
});

test("the addresses that the fleet goes out from are told", () => {
  expect(outputs.egressAddresses).toEqual(["203.0.113.1", "203.0.113.2"]);
});
