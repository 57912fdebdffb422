import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { backupScheduleSchema } from "../../components/backup/schedule.ts";
import { camIdentities, prefixAccess, roleName, trust } from "../../components/identity/tencentcloud.ts";
import { TenantComponent } from "../../components/tenant/index.ts";
import { TencentCloudProvider } from "../../components/tencentcloud/provider.ts";
import { maxIdLength } from "../../tenants/ids.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { newTenant } from "../fixtures/owner.ts";
import { platformFacts } from "../fixtures/platform.ts";
import { recordRegistrations } from "../fixtures/program.ts";
import { named } from "../fixtures/registrations.ts";
import { managedFacts } from "../fixtures/services.ts";
import { tenant } from "../fixtures/tenant.ts";
import { tkePlatformOutputs } from "../fixtures/tencentcloud/outputs.ts";

const { cluster, services } = tkePlatformOutputs;
const { identityProvider, objectStore } = services;
const bucket = "qcs::cos:ap-guangzhou:uid/1250000000:company-openclaw-gz-1250000000";

/** A tenant of a cluster in Tencent Cloud, as the engine would see it. */
async function registered(overrides: Partial<Tenant> = {}) {
  const { registrations } = await recordRegistrations("tke-cell-01", {}, async () => {
    const { account, region, name } = cluster;
    const provider = new TencentCloudProvider("tencentcloud", { region, account }, {});
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
      identityOf: camIdentities({ cluster: name, account, provider, objectStore, identityProvider }),
    };
    await new TenantComponent("acme", args, {}).settled;
  });
  return registrations;
}

test("a role is taken by the tenant's own ServiceAccount alone, by a token made for that", () => {
  expect(trust(identityProvider, "acme")).toEqual({
    effect: "allow",
    action: ["name/sts:AssumeRoleWithWebIdentity"],
    principal: { federated: ["qcs::cam::uin/100012345678:oidc-provider/tke-cluster-id"] },
    condition: {
      string_equal: {
        "oidc:iss": ["https://ap-guangzhou-oidc.tke.example/id/1"],
        "oidc:aud": ["sts.cloud.tencent.com"],
        "oidc:sub": ["system:serviceaccount:tenant-acme:openclaw"],
      },
    },
  });
});

test("a role reads and writes below the tenant's prefix, whatever other ids begin with", () => {
  const [objects] = prefixAccess(objectStore, "acme");
  expect(objects?.resource).toEqual([`${bucket}/tenants/acme/*`]);
});

test("a role lists the tenant's prefix only, which COS compares as it stands in the URL", () => {
  const [, list] = prefixAccess(objectStore, "acme");
  expect(list).toEqual({
    effect: "allow",
    action: ["name/cos:GetBucket"],
    resource: [`${bucket}/*`],
    condition: { string_like: { "cos:prefix": "tenants%2Facme%2F*" } },
  });
});

test("a role has no wildcard among its actions, reaches no version and changes nothing of the bucket", () => {
  const actions = prefixAccess(objectStore, "acme").flatMap(({ action }) => action);
  expect(actions.filter((action) => /\*|Version|PutBucket|DeleteBucket|ACL/.test(action))).toEqual([]);
  expect(actions).toContain("name/cos:GetObject");
});

test("a policy stays far below CAM's 6,144 characters, and a role's name below 128, with the longest names", () => {
  const id = "i".repeat(maxIdLength);
  const document = JSON.stringify(prefixAccess({ ...objectStore, bucket: "b".repeat(60) }, id));
  expect(document.length).toBeLessThan(3_000);
  expect(roleName("c".repeat(22), id).length).toBeLessThan(128);
});

test("the ServiceAccount names the role, and for whom its tokens are", async () => {
  const registrations = await registered();
  expect(named(registrations, "acme-role").inputs).toMatchObject({
    name: "openclaw-gz--acme",
    consoleLogin: false,
  });
  expect(named(registrations, "acme-service-account").inputs.metadata).toMatchObject({
    annotations: {
      "tke.cloud.tencent.com/role-arn": "qcs::cam::uin/100012345678:roleName/openclaw-gz--acme",
      "tke.cloud.tencent.com/audience": "sts.cloud.tencent.com",
      "tke.cloud.tencent.com/token-expiration": "3600",
    },
  });
  expect(named(registrations, "acme-role-attachment").inputs).toEqual({
    roleName: "openclaw-gz--acme",
    policyName: "openclaw-gz--acme",
  });
});

test("the documents that CAM gets are of version 2.0", async () => {
  const registrations = await registered();
  for (const name of ["acme-role", "acme-role-policy"]) {
    const { document } = named(registrations, name).inputs;
    expect(JSON.parse(String(document))).toMatchObject({ version: "2.0" });
  }
});

test("a role and its policy carry the fleet's tags and the tenant's", async () => {
  const registrations = await registered();
  for (const name of ["acme-role", "acme-role-policy"]) {
    expect(named(registrations, name).inputs.tags).toEqual({
      "pulumi-project": "openclaw",
      "pulumi-resource": name,
      stack: "tke-cell-01",
      "managed-by": "openclaw-tenants",
      tenant: "acme",
    });
  }
});

test("a suspended tenant keeps its role, an offboarded one has none left", async () => {
  const kinds = async (overrides: Partial<Tenant>) =>
    (await registered(overrides)).filter(({ type }) => type.startsWith("tencentcloud:")).length;
  expect(await kinds({ state: "suspended" })).toBe(3);
  expect(await kinds({ state: "offboarded", retainUntil: "2026-06-01" })).toBe(0);
});

test("every part of the role names its provider", async () => {
  const parts = (await registered()).filter(({ type }) => type.startsWith("tencentcloud:"));
  expect(parts.map(({ hasProvider }) => hasProvider)).toEqual([true, true, true]);
});
