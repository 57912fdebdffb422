import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { tkeSettingsSchema } from "../../components/cluster/tke/settings.ts";
import { tencentCloudServicesSchema } from "../../components/services/tencentcloud/settings.ts";
import { readSettings } from "../../settings/index.ts";
import { stackConfig } from "../fixtures/program.ts";
import { tencentCloudSettings, tkeSettings } from "../fixtures/tencentcloud/settings.ts";

async function readStack(stack: string, overrides: Record<string, unknown> = {}) {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "openclaw",
    stack,
  );
  pulumi.runtime.setAllConfig(stackConfig(stack, overrides));
  return readSettings();
}

/** Where the settings of a cluster are wrong, and why. */
function faults(overrides: Record<string, unknown>): string[] {
  const { error } = tkeSettingsSchema.safeParse({ ...tkeSettings(), ...overrides });
  return error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
}

test.each([
  ["tke-platform", "openclaw:cluster.account.uin: <uin>"],
  ["tke-platform", "openclaw:cluster.account.appId: <appid>"],
  ["tke-platform", "openclaw:cluster.version: <kubernetes version>"],
  ["tke-platform", "openclaw:platform.domain: <domain>"],
  ["tke-platform", "openclaw:services.objectStore.bucket: <company>"],
  ["tke-platform", "openclaw:guardrails.deployers.0: <kubernetes user of CI>"],
  ["tke-cell-01", "openclaw:platform.stack: <organization>"],
])("%s as committed cannot be applied: %s", async (stack, problem) => {
  await expect(readStack(stack)).rejects.toThrow(`${problem} is a placeholder`);
});

test("the services of a cloud are refused beside a cluster elsewhere", async () => {
  const services = { ...tencentCloudSettings() };
  await expect(readStack("dev", { "openclaw:services": services })).rejects.toThrow(
    "openclaw:services.kind: tencentcloud stands beside a cluster of kind tke, and this one is existing",
  );
});

const { network, nodePools, account } = tkeSettings();
const [first, second] = network.zones;

test.each<[string, Record<string, unknown>, RegExp]>([
  ["a name with two hyphens in a row", { name: "gz--1" }, /^name: must be up to 22/],
  ["a name that ends in a hyphen", { name: "gz-" }, /^name: /],
  ["a name too long for what is derived from it", { name: "a".repeat(23) }, /^name: /],
  ["an account's number without quotes", { account: { ...account, uin: 100012345678 } }, /^account\.uin: /],
  ["one zone", { network: { ...network, zones: [first] } }, /^network\.zones: /],
  [
    "a zone of another region",
    { network: { ...network, zones: [{ ...first, id: "ap-shanghai-2" }, second] } },
    /^network\.zones: a zone is not of the cluster's region/,
  ],
  [
    "networks that overlap",
    { network: { ...network, zones: [first, { ...second, pods: "10.60.16.0/24" }] } },
    /^network\.zones\.1\.pods: 10\.60\.16\.0\/24 overlaps 10\.60\.16\.0\/20/,
  ],
  [
    "a network outside the VPC",
    { network: { ...network, zones: [first, { ...second, nodes: "10.61.0.0/24" }] } },
    /^network\.zones\.1\.nodes: 10\.61\.0\.0\/24 is not inside/,
  ],
  [
    "fewer nodes than none",
    { nodePools: { ...nodePools, tenants: { ...nodePools.tenants, min: 5, max: 4 } } },
    /^nodePools\.tenants\.min: is more than max/,
  ],
  ["a bandwidth that is not sold", { network: { ...network, egressMbps: 150 } }, /^network\.egressMbps: /],
  ["a setting that does not exist", { nodePool: {} }, /nodePool/],
])("%s is refused", (_, overrides, message) => {
  expect(faults(overrides).join("\n")).toMatch(message);
});

test("storage that TencentDB does not sell is refused", () => {
  const { success } = tencentCloudServicesSchema.safeParse({
    ...tencentCloudSettings(),
    database: { cpu: 2, memoryGiB: 4, storageGiB: 55 },
  });
  expect(success).toBe(false);
});
