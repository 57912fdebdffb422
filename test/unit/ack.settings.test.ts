import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readSettings } from "../../settings/index.ts";
import { stackConfig, withoutPlaceholders } from "../fixtures/program.ts";

type Settings = Record<string, unknown>;

const committed = stackConfig("ack-platform");
const committedValue = (key: string): Settings => JSON.parse(committed[`openclaw:${key}`] ?? "{}");

async function read(config: Record<string, string>, stack = "ack-platform") {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "openclaw",
    stack,
  );
  pulumi.runtime.setAllConfig(config);
  return readSettings();
}

/** Settings of Pulumi.ack-platform.yaml, filled in, with some set otherwise. */
const settings = (overrides: Settings = {}) =>
  read(withoutPlaceholders(stackConfig("ack-platform", overrides)));

const cluster = (overrides: Settings) => ({
  "openclaw:cluster": { ...committedValue("cluster"), ...overrides },
});
const network = (overrides: Settings) =>
  cluster({ network: { ...(committedValue("cluster").network as Settings), ...overrides } });

test.each([
  ["ack-platform", "openclaw:cluster.audit.project: <company>"],
  ["ack-platform", "openclaw:platform.domain: <domain>"],
  ["ack-platform", "openclaw:services.objectStore.bucket: <company>"],
  ["ack-platform", "openclaw:guardrails.deployers.0: <kubernetes user of CI>"],
  ["ack-cell-01", "openclaw:platform.stack: <organization>"],
])("%s as committed cannot be applied: %s", async (stack, problem) => {
  await expect(read(stackConfig(stack), stack)).rejects.toThrow(`${problem} is a placeholder`);
});

test("with the placeholders filled in the stack's settings are right", async () => {
  expect(await settings()).toMatchObject({
    role: "owner",
    cluster: { kind: "ack" },
    services: { kind: "alicloud" },
  });
});

test("what a cluster is not asked about is the safe choice", async () => {
  expect(await settings()).toMatchObject({
    cluster: {
      encryption: {},
      audit: { retentionDays: 180 },
      maintenance: { days: ["Tuesday"], hours: 3, channel: "stable" },
    },
    services: { tenantRoles: true, database: { backupDays: 30 }, objectStore: { keepVersionsDays: 30 } },
  });
});

const zone = (id: string, nodes: string, pods: string) => ({ id, nodes, pods });
const second = zone("cn-hangzhou-j", "10.64.1.0/24", "10.64.64.0/19");

test.each([
  ["one zone", network({ zones: [second] }), /network\.zones/],
  [
    "a network outside the VPC",
    network({ zones: [second, zone("cn-hangzhou-i", "10.65.0.0/24", "10.64.32.0/19")] }),
    /network\.zones\.1\.nodes: 10\.65\.0\.0\/24 is not inside the VPC's 10\.64\.0\.0\/16/,
  ],
  [
    "networks that overlap",
    network({ zones: [second, zone("cn-hangzhou-i", "10.64.2.0/24", "10.64.80.0/20")] }),
    /network\.zones\.1\.pods: 10\.64\.80\.0\/20 overlaps 10\.64\.64\.0\/19/,
  ],
  [
    "Services inside the VPC",
    network({ serviceCidr: "10.64.240.0/20" }),
    /network\.serviceCidr: 10\.64\.240\.0\/20 overlaps/,
  ],
  ["a zone of another region", cluster({ region: "cn-shanghai" }), /network\.zones: a zone is not of/],
  ["a name too long for roles", cluster({ name: "openclaw-production-hangzhou" }), /cluster\.name/],
  ["a name with two hyphens in a row", cluster({ name: "a--b" }), /cluster\.name/],
  ["a name with a hyphen at its end", cluster({ name: "ab-" }), /cluster\.name/],
  [
    "a pool whose least is more than its most",
    cluster({
      nodePools: {
        ...(committedValue("cluster").nodePools as Settings),
        tenants: { instanceTypes: ["ecs.g8i.xlarge"], min: 5, max: 4 },
      },
    }),
    /nodePools\.tenants\.min/,
  ],
  [
    "two keys at once",
    cluster({ encryption: { keyArn: "acs:kms:cn-hangzhou:1:key/k", kmsInstance: "kst-1" } }),
    /cluster\.encryption: keyArn is a key that exists/,
  ],
])("%s is refused with its key", async (_what, overrides, message) => {
  await expect(settings(overrides)).rejects.toThrow(message);
});

test("the services of Alibaba Cloud are refused beside a cluster that is not in it", async () => {
  const existing = { "openclaw:cluster": { kind: "existing", name: "a", context: "a" } };
  await expect(settings(existing)).rejects.toThrow(
    "openclaw:services.kind: alicloud stands beside a cluster of kind ack, and this one is existing",
  );
});

test("services in the cluster go with ACK too", async () => {
  expect(await settings({ "openclaw:services": { kind: "inCluster" } })).toMatchObject({
    cluster: { kind: "ack" },
    services: { kind: "inCluster" },
  });
});

const edge = (overrides: Settings) => {
  const platform = committedValue("platform");
  return { "openclaw:platform": { ...platform, edge: { ...(platform.edge as Settings), ...overrides } } };
};

test("nodes that are no proxies are not taken for some: no tenant would become ready", async () => {
  await expect(settings(edge({ proxiesIncludeNodes: true }))).rejects.toThrow(
    /platform\.edge\.proxiesIncludeNodes: must be false: nodes in 10\.64\.0\.0\/24.* that are not in proxyCidrs/,
  );
});

test("nor are nodes among the proxies taken for strangers", async () => {
  await expect(settings(edge({ proxyCidrs: ["10.64.0.0/16"] }))).rejects.toThrow(
    /proxiesIncludeNodes: must be true/,
  );
  const read = await settings(edge({ proxyCidrs: ["10.64.0.0/16"], proxiesIncludeNodes: true }));
  expect(read.platform).toMatchObject({ edge: { proxiesIncludeNodes: true } });
});

test.each(["10.64.0.0/33", "10.64.0.0", "everything"])(
  "a network %s is refused once, where it stands",
  async (cidr) => {
    const message = await settings(network({ cidr })).catch(String);
    expect(`${message}`.split("\n").filter((line) => line.includes("openclaw:"))).toEqual([
      expect.stringMatching(/^ {2}openclaw:cluster\.network\.cidr: /),
    ]);
  },
);
