import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, expect, test } from "vitest";
import { clientKey } from "../fixtures/alicloudOutputs.ts";
import { type Registration, recordStack } from "../fixtures/program.ts";
import { masked, theOne } from "../fixtures/registrations.ts";

/** What holds for every resource of the stack ack-platform. */
let registrations: readonly Registration[];
let inCloud: readonly Registration[];
let outputs: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  ({ registrations, outputs } = await recordStack("ack-platform"));
  inCloud = registrations.filter(({ type }) => type.startsWith("alicloud:"));
});

/** `alicloud:cs/nodePool:NodePool` → the text of its class's type declarations. */
function declarations(type: string): string {
  const [, file = ""] = type.split(":");
  return readFileSync(createRequire(import.meta.url).resolve(`@pulumi/alicloud/${file}.d.ts`), "utf8");
}

/** Properties whose documentation says, right above them, that they are deprecated. */
function deprecatedProperties(text: string): string[] {
  const documented = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:readonly )?(\w+)\??:/g);
  return [...documented].flatMap(([, comment = "", property = ""]) =>
    comment.includes("@deprecated") ? [property] : [],
  );
}

test("nothing uses a property that is deprecated", () => {
  const used = inCloud.flatMap(({ type, name, inputs }) => {
    const deprecated = new Set(deprecatedProperties(declarations(type)));
    return Object.keys(inputs)
      .filter((property) => deprecated.has(property))
      .map((property) => `${name}.${property}`);
  });
  expect(used).toEqual([]);
});

test("the check of deprecated properties knows one", () => {
  const deprecated = deprecatedProperties(declarations("alicloud:cs/managedKubernetes:ManagedKubernetes"));
  expect(deprecated).toEqual(expect.arrayContaining(["workerVswitchIds", "loadBalancerSpec"]));
  expect(deprecated).not.toContain("vswitchIds");
});

test("everything that can carry tags says whose it is", () => {
  const taggable = inCloud.filter(({ type }) => /^ {4}tags\?:/m.test(declarations(type)));
  expect(taggable.length).toBeGreaterThan(10);
  for (const { name, inputs } of taggable) {
    expect(inputs.tags, name).toMatchObject({
      "pulumi-project": "openclaw",
      stack: "ack-platform",
      "managed-by": "openclaw-tenants",
    });
  }
});

test("every resource in the cloud names its provider", () => {
  expect(inCloud.length).toBeGreaterThan(30);
  expect(inCloud.filter(({ hasProvider }) => !hasProvider)).toEqual([]);
});

test("no credential stands outside a secret", () => {
  const visible = JSON.stringify(registrations.map(({ inputs }) => masked(inputs)));
  expect(visible).not.toContain(clientKey);
  expect(visible).not.toContain("x".repeat(32));
});

test("the administrators' passwords and the kubeconfig are there, as secrets", () => {
  const { inputs: account } = theOne(registrations, "alicloud:rds/rdsAccount:RdsAccount");
  const { inputs: cache } = theOne(registrations, "alicloud:redis/tairInstance:TairInstance");
  const { inputs: provider } = theOne(registrations, "pulumi:providers:kubernetes");
  expect([account.accountPassword, cache.password, provider.kubeconfig].map(masked)).toEqual([
    "[secret]",
    "[secret]",
    "[secret]",
  ]);
});

test("what other stacks read holds no credential", () => {
  const { cluster, platform, services } = outputs;
  const text = JSON.stringify({ cluster, platform, services });
  expect(text).not.toContain("x".repeat(32));
  expect(text).not.toContain(clientKey);
  expect(text).not.toMatch(/certificate|password"/);
});

test("the administrators' credentials are in Secrets beside what the platform runs", () => {
  const secrets = registrations.filter(({ type }) => type === "kubernetes:core/v1:Secret");
  const places = secrets.map(({ inputs }) => inputs.metadata);
  expect(places).toHaveLength(2);
  for (const name of ["database-admin", "cache-admin"]) {
    expect(places).toContainEqual({
      name,
      namespace: "openclaw-services",
      annotations: expect.anything(),
    });
  }
});
