import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { reads } from "../fixtures/cloudActions/actions.ts";
import { some } from "../fixtures/some.ts";

/** The RAM policies that docs/ack.md gives to CI. */
const root = join(import.meta.dirname, "../..");

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const policy = (name: string): { Statement: readonly Statement[] } =>
  JSON.parse(readFileSync(join(root, `docs/ram/${name}.json`), "utf8"));

const actions = (name: string): string[] => policy(name).Statement.flatMap(({ Action }) => Action);

const names = readdirSync(join(root, "docs/ram"))
  .filter((file) => file.startsWith("ack-"))
  .map((file) => file.replace(/\.json$/, ""));

test.each(names)("%s names every action it allows, once", (name) => {
  const all = actions(name);
  expect(all.filter((action) => !/^[a-z]+:[A-Z][A-Za-z\d]+$/.test(action))).toEqual([]);
  expect(all.filter((action, index) => all.indexOf(action) !== index)).toEqual([]);
});

test.each(names)("%s fits into the 6,144 bytes that RAM takes", (name) => {
  expect(Buffer.byteLength(JSON.stringify(policy(name)))).toBeLessThanOrEqual(6144);
});

const onEverything = (name: string) =>
  policy(name).Statement.filter(({ Resource }) => [Resource].flat().includes("*"));

test.each(["ack-platform", "ack-preview"])("what %s allows on everything is bound to a region", (name) => {
  for (const { Condition } of some(onEverything(name))) {
    expect(Condition).toEqual({ StringEquals: { "acs:RequestedRegion": ["<region>"] } });
  }
});

test("a cell's CI is allowed nothing on everything", () => {
  expect(onEverything("ack-cell")).toEqual([]);
  expect(names.toSorted()).toEqual(["ack-cell", "ack-platform", "ack-preview"]);
});

test("CI cannot delete what holds data, or stop protecting it by deleting what stands around it", () => {
  expect(
    actions("ack-platform").filter((action) => /:(Delete(?!ionProtection)|Release|Remove)/.test(action)),
  ).toEqual([]);
});

test("a cell's CI makes roles of its own cluster's tenants only", () => {
  const ram = policy("ack-cell").Statement.filter(({ Action }) =>
    [Action].flat().some((action) => action.startsWith("ram:")),
  );
  expect(ram.flatMap(({ Resource }) => Resource ?? [])).toEqual([
    "acs:ram:*:<account>:role/<cluster>--*",
    "acs:ram:*:<account>:policy/<cluster>--*",
  ]);
});

const reading = (all: readonly string[]): string[] => all.filter(reads);

test("a preview reads and changes nothing, and no object of a bucket", () => {
  expect(actions("ack-preview").filter((action) => !reads(action))).toEqual([]);
  expect(actions("ack-preview").filter((action) => /Object|Secret/.test(action))).toEqual([]);
});

test("a preview may read all that whoever applies may read", () => {
  const applying = [...actions("ack-platform"), ...actions("ack-cell")];
  expect(actions("ack-preview")).toEqual(expect.arrayContaining(reading(applying)));
});

test("what a preview reads of roles and buckets is the fleet's", () => {
  const resources = (service: string) =>
    policy("ack-preview")
      .Statement.filter(({ Action }) => [Action].flat().some((action) => action.startsWith(`${service}:`)))
      .flatMap(({ Resource }) => Resource ?? []);
  expect(resources("ram")).toEqual([
    "acs:ram:*:<account>:role/<cluster>--*",
    "acs:ram:*:<account>:policy/<cluster>--*",
  ]);
  // The list of buckets has no bucket: the provider asks for it before it makes one.
  expect(resources("oss")).toEqual(["acs:oss:*:<account>:*", "acs:oss:*:<account>:<bucket>"]);
});

test("CI is believed for one repository and one environment, by a token made for that", () => {
  const [statement] = policy("ci-trust").Statement;
  expect(statement?.Condition?.StringEquals).toEqual({
    "oidc:iss": ["https://token.actions.githubusercontent.com"],
    "oidc:aud": ["sts.aliyuncs.com"],
    "oidc:sub": ["repo:<organization>/<repository>:environment:<environment>"],
  });
});

/** Where a resource's product has another name among RAM's actions than in its type. */
const ramCode: Readonly<Record<string, string>> = { ecs: "vpc", redis: "kvstore" };

test.each([
  ["ack-platform", "ack-platform"],
  ["ack-cell-01", "ack-cell"],
])("for every product that the stack %s uses, %s allows something to be made", (stack, name) => {
  const inventory: object = parse(readFileSync(join(root, `test/golden/${stack}.yaml`), "utf8"));
  const products = Object.keys(inventory).flatMap((key) => /^alicloud:(\w+)\//.exec(key)?.[1] ?? []);
  const codes = new Set(products.map((product) => ramCode[product] ?? product));
  const making = new Set(
    actions(name).flatMap((action) => /^(\w+):(?:Create|Put|Allocate|Install)/.exec(action)?.[1] ?? []),
  );
  expect(codes.size).toBeGreaterThan(0);
  expect([...codes].filter((code) => !making.has(code))).toEqual([]);
});
