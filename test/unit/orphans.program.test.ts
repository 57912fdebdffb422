import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { repository } from "../../lib/system/paths.ts";
import { importOf } from "../../ops/orphans/importCommand.ts";
import type { Found } from "../../ops/orphans/model.ts";
import { nodePoolSearch, platformSearches, tenantSearches } from "../../ops/orphans/nameSearch.ts";
import { type Place, placeOf } from "../../ops/orphans/place.ts";
import { productLists } from "../../ops/orphans/productLists.ts";
import { cloudTypes } from "../../ops/orphans/types.ts";
import { tencentApi } from "../../ops/tencentcloud/api.ts";
import { type Registration, recordStack, stackConfig, withoutPlaceholders } from "../fixtures/program.ts";
import { named } from "../fixtures/registrations.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";
import { type ApiQuestion, credentials, fakeApi } from "../fixtures/tencentcloud/api.ts";
import { documentedResources } from "../fixtures/tencentcloud/bridge.ts";

/** What `npm run orphans` believes of the program, against what the program registers. */
let platform: readonly Registration[];
let cell: readonly Registration[];

beforeAll(async () => {
  const script = join(repository, "test/fixtures/printRegistrations.ts");
  const ofCell = promisify(execFile)(process.execPath, [script, "tke-cell-01"], { maxBuffer: 64 << 20 });
  platform = (await recordStack("tke-platform")).registrations;
  cell = JSON.parse((await ofCell).stdout);
}, 60_000);

const stateOf = (registrations: readonly Registration[]) =>
  registrations.map(({ urn, type, name }) => ({ urn, type, id: `${name}-id` }));

const tokens = new Set(cloudTypes.map(({ token }) => token));

test("every type of the table is one of the provider's", () => {
  expect([...tokens].filter((token) => !documentedResources.has(token))).toEqual([]);
});

test("every resource that carries tags is of a type that is known", () => {
  const tagged = [...platform, ...cell].filter(({ inputs }) => inputs.tags !== undefined);
  const ofTencent = tagged.filter(({ type }) => type.startsWith("tencentcloud:"));
  expect(ofTencent.length).toBeGreaterThan(20);
  expect(ofTencent.filter(({ type }) => !tokens.has(type)).map(({ name }) => name)).toEqual([]);
});

test("a command imports as the same URN that the program registers", () => {
  for (const [stack, registrations] of [
    ["tke-platform", platform],
    ["tke-cell-01", cell],
  ] as const) {
    const importable = registrations.filter(({ type }) => tokens.has(type));
    expect(importable.length).toBeGreaterThan(1);
    for (const { urn, type, name } of importable) {
      const others = registrations.filter((each) => each.urn !== urn);
      const found: Found = { kind: "", token: type, id: "x-1", region: "", resource: name };
      const result = importOf(found, stack, stateOf(others));
      const command = "command" in result ? result.command : expect.unreachable(result.impossible);
      const [, parentType, parentName] =
        /--parent '?parent=\S+::openclaw::([^:]\S*)::([^ ']+)/.exec(command) ?? [];
      expect(parentName).toBeDefined();
      expect(urn).toBe(`urn:pulumi:${stack}::openclaw::${parentType}$${type}::${name}`);
      const provider = registrations.find((each) => each.type === "pulumi:providers:tencentcloud");
      expect(command.replaceAll("'", "")).toContain(`--provider provider=${provider?.urn} `);
    }
  }
});

/** The stacks' files with every placeholder filled in as the recorded program had them. */
function filledFolder() {
  const folder = temporaryFolder();
  for (const stack of ["tke-platform", "tke-cell-01"]) {
    const file = { config: withoutPlaceholders(stackConfig(stack)) };
    folder.write(`Pulumi.${stack}.yaml`, JSON.stringify(file));
  }
  const tenant = readFileSync(join(repository, "tenants/tke-cell-01/kestrel.yaml"));
  folder.write("tenants/tke-cell-01/kestrel.yaml", tenant);
  return folder;
}

function placeIn(stack: string): Place {
  using folder = filledFolder();
  return placeOf(stack, folder.path);
}

test("a stack's settings say where its resources are", () => {
  const shared = { cluster: "openclaw-gz", region: "ap-guangzhou", uin: "100012345678" };
  expect(placeIn("tke-platform")).toEqual({
    ...shared,
    stack: "tke-platform",
    bucket: named(platform, "services-bucket").inputs.bucket,
    isOwner: true,
    tenantIds: [],
  });
  expect(placeIn("tke-cell-01")).toEqual({
    ...shared,
    stack: "tke-cell-01",
    isOwner: false,
    tenantIds: ["kestrel"],
  });
});

test("a stack on another cloud, and one whose owner nobody has set up, are refused", () => {
  expect(() => placeOf("ack-platform")).toThrow(/kind ack.*Alibaba Cloud's keeps failed creates/);
  expect(() => placeOf("dev")).toThrow("kind existing");
  expect(() => placeOf("tke-cell-01")).toThrow("Pulumi.tke-platform.yaml: openclaw:cluster must have");
});

/** A cloud whose products list everything that the program makes, by its name there, and others beside. */
function listOf(registrations: readonly Registration[]) {
  const byAction = new Map<string, { terraform: string; fields: Record<"list" | "id" | "name", string> }>(
    Object.entries(productLists).map(([terraform, { action, fields }]) => [action, { terraform, fields }]),
  );
  return ({ action }: ApiQuestion) => {
    const { terraform, fields } = byAction.get(action) ?? expect.unreachable(action);
    const kind = terraform.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const ofType = registrations.filter(({ type }) => type.startsWith(`tencentcloud:index/${kind}:`));
    const names = ofType.map(({ inputs: { name, alias, logsetName } }) => `${name ?? alias ?? logsetName}`);
    const all = [...names, "openclaw-gz-2", "another"];
    return { [fields.list]: all.map((name, index) => ({ [fields.id]: `id-${index}`, [fields.name]: name })) };
  };
}

async function foundByName(
  searches: (api: ReturnType<typeof tencentApi>) => ReturnType<typeof platformSearches>,
  registrations: readonly Registration[],
) {
  await using server = await fakeApi(listOf(registrations));
  const api = tencentApi({ credentials, endpoint: server.endpoint });
  const found = await Promise.all(searches(api).map(({ find }) => find()));
  return found.flat().map(({ token, resource }) => `${token} ${resource}`);
}

const registeredAs = (registrations: readonly Registration[], kinds: RegExp) =>
  registrations.filter(({ type }) => kinds.test(type)).map(({ type, name }) => `${type} ${name}`);

test("what is tagged late is found by the name that the program gives it, and is called as the program calls it", async () => {
  const found = await foundByName((api) => platformSearches(api, placeIn("tke-platform")), platform);
  expect(found.toSorted()).toEqual(
    registeredAs(platform, /:(PostgresqlInstance|RedisInstance|KmsKey|ClsLogset)$/).toSorted(),
  );
});

test("node pools are called as the program calls them", async () => {
  const found = await foundByName((api) => [nodePoolSearch(api, placeIn("tke-platform"), "cls-1")], platform);
  expect(found).toEqual(expect.arrayContaining(registeredAs(platform, /:KubernetesNativeNodePool$/)));
});

test("tenants' roles and policies are found by their names, and those of other cells are not", async () => {
  const found = await foundByName((api) => tenantSearches(api, placeIn("tke-cell-01")), cell);
  expect(found.toSorted()).toEqual(registeredAs(cell, /:(CamRole|CamPolicy)$/).toSorted());
});

const document = z.object({ statement: z.array(z.object({ action: z.array(z.string()) })) });
const allowed = (name: string): string[] =>
  document
    .parse(JSON.parse(readFileSync(join(repository, `docs/cam/${name}.json`), "utf8")))
    .statement.flatMap(({ action }) => action);

const asked = Object.values(productLists).map(({ service, action }) => `${service}:${action}`);
const always = ["sts:GetCallerIdentity", "tag:GetResources"];

const ofTenants = asked.filter((action) => action.startsWith("cam:"));
const ofPlatform = asked.filter((action) => !action.startsWith("cam:"));

test.each([
  ["ci-platform", ofPlatform],
  ["ci-cell", ofTenants],
  ["ci-preview", asked],
])("%s allows all that is asked", (name, actions) => {
  expect(allowed(name)).toEqual(expect.arrayContaining([...always, ...actions]));
});
