import { Provider } from "@pulumi/alicloud/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { backupScheduleSchema } from "../../components/backup/schedule.ts";
import { maxClusterNameLength } from "../../components/cluster/ack/names.ts";
import { prefixAccess, ramIdentities, roleName, trust } from "../../components/identity/alicloud.ts";
import { TenantComponent } from "../../components/tenant/index.ts";
import { maxIdLength } from "../../tenants/ids.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { newTenant } from "../fixtures/owner.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { recordRegistrations } from "../fixtures/program.ts";
import { managedFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";

const identityProvider = { arn: "acs:ram::1:oidc-provider/ack-rrsa-c1", issuer: "https://oidc.example/c1" };
const keyArn = "acs:kms:cn-hangzhou:1:key/k";
const objectStore = {
  endpoint: "https://oss.example",
  region: "cn-hangzhou",
  bucket: "openclaw-hz",
  bucketPerTenant: false,
  pathStyle: false,
  encryptionKeyArn: keyArn,
};

/** A tenant of a cluster in Alibaba Cloud, as the engine would see it. */
async function registered(overrides: Partial<Tenant> = {}) {
  const { registrations } = await recordRegistrations("ack-cell-01", {}, async () => {
    const provider = new Provider("alicloud", { region: "cn-hangzhou" });
    const identityOf = ramIdentities({ cluster: "hz-1", provider, objectStore, identityProvider });
    const args = {
      tenant: tenant({ id: "acme", ...overrides }),
      platform: platformFacts,
      services: managedFacts,
      serviceFacts: pulumi.output(managedFacts),
      instance: { image: "x:1", timeZone: "Asia/Shanghai" },
      backup: backupScheduleSchema.parse(undefined),
      finalBackup: false,
      today: "2026-01-01",
      ...newTenant,
      identityOf,
    };
    await new TenantComponent("acme", args, {}).settled;
  });
  const find = (kind: string) => registrations.find(({ type }) => type.endsWith(`:${kind}`));
  return { registrations, inputs: (kind: string) => find(kind)?.inputs ?? expect.unreachable(`no ${kind}`) };
}

test("a role is taken by the tenant's own ServiceAccount alone, by a token made for that", () => {
  expect(trust(identityProvider, "acme")).toEqual({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { Federated: [identityProvider.arn] },
    Condition: {
      StringEquals: {
        "oidc:iss": [identityProvider.issuer],
        "oidc:aud": ["sts.aliyuncs.com"],
        "oidc:sub": ["system:serviceaccount:tenant-acme:openclaw"],
      },
    },
  });
});

test("a role reaches objects below the tenant's prefix and no others, whatever their ids have in common", () => {
  const resources = prefixAccess(objectStore, "acme").flatMap(({ Resource }) => Resource ?? []);
  expect(resources).toEqual(["acs:oss:*:*:openclaw-hz/tenants/acme/*", "acs:oss:*:*:openclaw-hz", keyArn]);
});

test("a role lists the tenant's prefix only", () => {
  const list = prefixAccess(objectStore, "acme").find(({ Resource }) =>
    Resource?.includes("acs:oss:*:*:openclaw-hz"),
  );
  expect(list).toMatchObject({
    Action: ["oss:ListObjects"],
    Condition: { StringLike: { "oss:Prefix": ["tenants/acme/*"] } },
  });
});

test("a role has no wildcard among its actions, and cannot delete versions or change the bucket", () => {
  const actions = prefixAccess(objectStore, "acme").flatMap(({ Action }) => Action);
  expect(actions.filter((action) => /\*|Version|Bucket/.test(action))).toEqual([]);
});

test("a role may use the bucket's key, and no key where the bucket has none of its own", () => {
  const { encryptionKeyArn: _, ...withoutKey } = objectStore;
  const actions = (store: Parameters<typeof prefixAccess>[0]) =>
    prefixAccess(store, "acme").flatMap(({ Action }) => Action);
  expect(actions(objectStore)).toEqual(expect.arrayContaining(["kms:Decrypt", "kms:GenerateDataKey"]));
  expect(actions(withoutKey).filter((action) => action.startsWith("kms:"))).toEqual([]);
});

test("the name of a role fits into RAM's 64 characters with the longest id and cluster", () => {
  expect(roleName("c".repeat(maxClusterNameLength), "i".repeat(maxIdLength))).toHaveLength(64);
});

test("the pod's objects name the role", async () => {
  const { inputs } = await registered();
  expect(inputs("Role")).toMatchObject({ roleName: "hz-1--acme" });
  expect(inputs("Namespace").metadata).toMatchObject({
    labels: { "pod-identity.alibabacloud.com/injection": "on" },
  });
  expect(inputs("ServiceAccount").metadata).toMatchObject({
    annotations: { "pod-identity.alibabacloud.com/role-name": "hz-1--acme" },
  });
});

test("a suspended tenant keeps its role", async () => {
  expect((await registered({ state: "suspended" })).inputs("Role")).toMatchObject({ roleName: "hz-1--acme" });
});

test("an offboarded tenant has no role left, and its namespace asks for none", async () => {
  const { registrations, inputs } = await registered({ state: "offboarded", retainUntil: "2026-06-01" });
  expect(registrations.filter(({ type }) => type.startsWith("alicloud:"))).toEqual([]);
  expect(JSON.stringify(inputs("Namespace"))).not.toContain("pod-identity");
});

test("every part of the role names its provider", async () => {
  const { registrations } = await registered();
  const parts = registrations.filter(({ type }) => type.startsWith("alicloud:"));
  expect(parts.map(({ name }) => name).toSorted()).toEqual([
    "acme-role",
    "acme-role-attachment",
    "acme-role-policy",
  ]);
  expect(parts.every(({ hasProvider }) => hasProvider)).toBe(true);
});
