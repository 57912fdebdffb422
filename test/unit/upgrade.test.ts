import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { embeddedOwner } from "../../settings/stacks.ts";
import { fleetCell } from "../../tools/states/fleet.ts";
import {
  differenceOf,
  type NamedStep,
  namedSteps,
  pathOf,
  recordedVersions,
  stateOf,
} from "../fixtures/upgrade.ts";

const urn = (type: string, name: string) =>
  `urn:pulumi:dev::openclaw::openclaw:tenant:Tenant$${type}::${name}`;
const secretType = "kubernetes:core/v1:Secret";
const named = (fields: Partial<NamedStep>): NamedStep => ({
  step: "create",
  type: secretType,
  name: "*-backup",
  why: "a test",
  ...fields,
});
const difference = (ops: readonly string[], ...steps: NamedStep[]) =>
  differenceOf(
    "dev",
    ops.map((op) => ({ op, urn: urn(secretType, "acme-backup") })),
    steps,
  );
const none = { unnamed: [], missing: [] };

test.each(["same", "update", "refresh", "read"])("a step %s needs no word in the changelog", (op) => {
  expect(difference([op])).toEqual(none);
});

test.each([
  ["create", ["create"]],
  ["delete", ["delete"]],
  ["replace", ["create-replacement", "replace", "delete-replaced"]],
] as const)("a %s that is not named is found once, and one that is named is not", (step, ops) => {
  expect(difference(ops)).toEqual({ unnamed: [`${step} ${secretType} acme-backup`], missing: [] });
  expect(difference(ops, named({ step }))).toEqual(none);
});

test("a step of a kind that nobody knows is found", () => {
  expect(difference(["import"]).unnamed).toEqual([`import ${secretType} acme-backup`]);
});

test.each<Partial<NamedStep>>([
  { step: "delete" },
  { type: "kubernetes:core/v1:ConfigMap" },
  { name: "acme" },
  { name: "acme.backup" },
])("%j names another step: that is missing, and the planned one not named", (fields) => {
  const other = named(fields);
  expect(difference(["create"], other)).toEqual({
    unnamed: [`create ${secretType} acme-backup`],
    missing: [other],
  });
});

test("what is named for one stack is neither allowed nor missing in another", () => {
  expect(difference(["create"], named({ stack: "cell" })).unnamed).toHaveLength(1);
  expect(difference([], named({ stack: "cell" }))).toEqual(none);
  expect(difference([], named({ stack: "dev" })).missing).toHaveLength(1);
});

test("there is a recorded version", () => {
  expect(recordedVersions).toContain("v0.2.0");
});

test.each(recordedVersions)("%s has all that a preview goes on from", (version) => {
  expect(() => namedSteps(version)).not.toThrow();
  for (const stack of [embeddedOwner, fleetCell]) {
    expect(stateOf(version, stack).deployment.resources?.length).toBeGreaterThan(10);
    expect(existsSync(pathOf(version, `${stack}.yaml`))).toBe(true);
  }
  expect(existsSync(pathOf(version, "tenants"))).toBe(true);
});
