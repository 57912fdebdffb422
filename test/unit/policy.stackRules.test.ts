import type { BucketHttpsConfigArgs } from "@pulumi/alicloud/oss/bucketHttpsConfig.js";
import type { BucketPublicAccessBlockArgs } from "@pulumi/alicloud/oss/bucketPublicAccessBlock.js";
import type { BucketServerSideEncryptionArgs } from "@pulumi/alicloud/oss/bucketServerSideEncryption.js";
import type { BucketVersioningArgs } from "@pulumi/alicloud/oss/bucketVersioning.js";
import { describe, expect, test } from "vitest";
import { alicloud, tencentcloud } from "../../policy/types.ts";
import { computed } from "../../policy/values.ts";
import { resource, stackViolations } from "../fixtures/policyResources.ts";

/** What must stand beside an OSS bucket called `name`; `bucket` is how they name it. */
function safeguards(name: string, bucket: unknown = name) {
  const beside = { dependsOn: [name] };
  const companion = (type: string, props: object) => resource(type, { ...props, bucket }, beside);
  return {
    block: companion(alicloud.bucketPublicAccessBlock, {
      blockPublicAccess: true,
    } satisfies Partial<BucketPublicAccessBlockArgs>),
    encryption: companion(alicloud.bucketServerSideEncryption, {
      sseAlgorithm: "KMS",
    } satisfies Partial<BucketServerSideEncryptionArgs>),
    versioning: companion(alicloud.bucketVersioning, {
      status: "Enabled",
    } satisfies Partial<BucketVersioningArgs>),
    https: companion(alicloud.bucketHttpsConfig, { enable: true } satisfies Partial<BucketHttpsConfigArgs>),
  };
}

const bucket = (name: string, props: object = {}) =>
  resource(alicloud.bucket, { bucket: name, ...props }, { name });

describe("an OSS bucket", () => {
  test("with all four safeguards is good", () => {
    expect(stackViolations(bucket("tenants"), ...Object.values(safeguards("tenants")))).toEqual([]);
  });

  test("is found by what depends on it while its id is not known yet", () => {
    expect(stackViolations(bucket("tenants"), ...Object.values(safeguards("tenants", computed)))).toEqual([]);
  });

  test.for([
    ["block", /public access is not blocked/],
    ["encryption", /not encrypted/],
    ["versioning", /versions are not kept/],
    ["https", /plain HTTP/],
  ] as const)("without its %s is bad", ([missing, message]) => {
    const rest = Object.entries(safeguards("tenants")).flatMap(([name, each]) =>
      name === missing ? [] : [each],
    );
    const violations = stackViolations(bucket("tenants"), ...rest);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(/^bucket-safeguards: tenants: /);
    expect(violations[0]).toMatch(message);
  });

  test.for([
    ["block", { blockPublicAccess: false }],
    ["versioning", { status: "Suspended" }],
    ["https", { enable: false }],
  ] as const)("whose %s is switched off is bad", ([name, change]) => {
    const all = safeguards("tenants");
    const off = { ...all[name], props: { ...all[name].props, ...change } };
    expect(stackViolations(bucket("tenants"), ...Object.values({ ...all, [name]: off }))).toHaveLength(1);
  });

  test("is not guarded by the safeguards of another one, whatever they depend on", () => {
    const others = Object.values(safeguards("backups")).map((each) => ({
      ...each,
      dependsOn: ["backups", "tenants"],
    }));
    expect(stackViolations(bucket("tenants"), bucket("backups"), ...others)).toHaveLength(4);
  });

  test("whose encryption says no algorithm is bad", () => {
    const all = safeguards("tenants");
    const encryption = { ...all.encryption, props: { bucket: "tenants" } };
    expect(stackViolations(bucket("tenants"), ...Object.values({ ...all, encryption }))).toHaveLength(1);
  });

  test("is guarded by what depends on it by a name that no bucket here has", () => {
    const all = Object.values(safeguards("tenants", "elsewhere"));
    expect(stackViolations(bucket("tenants"), ...all)).toEqual([]);
    const notOfIt = all.map((each) => ({ ...each, dependsOn: [] }));
    expect(stackViolations(bucket("tenants"), ...notOfIt)).toHaveLength(4);
  });

  test("may say encryption and versioning itself", () => {
    const inline = bucket("tenants", {
      serverSideEncryptionRule: { sseAlgorithm: "AES256" },
      versioning: { status: "Enabled" },
    });
    const { block, https } = safeguards("tenants");
    expect(stackViolations(inline, block, https)).toEqual([]);
  });
});

describe("a COS bucket", () => {
  const cos = (props: object) => resource(tencentcloud.cosBucket, props);

  test("says encryption and versioning itself", () => {
    expect(stackViolations(cos({ encryptionAlgorithm: "AES256", versioningEnable: true }))).toEqual([]);
    expect(stackViolations(cos({ encryptionAlgorithm: computed, versioningEnable: computed }))).toEqual([]);
    expect(stackViolations(cos({ versioningEnable: true }))[0]).toMatch(/encryptionAlgorithm/);
    expect(stackViolations(cos({ encryptionAlgorithm: "KMS" }))[0]).toMatch(/versioningEnable: true/);
  });
});

describe("TLS", () => {
  test.for([
    [alicloud.rdsInstance, "sslAction", "Open", "Close"],
    [alicloud.tairInstance, "sslEnabled", "Enable", "Disable"],
    [alicloud.redisInstance, "sslEnable", "Enable", "Disable"],
  ] as const)("of %s is switched on by %s", ([type, property, on, off]) => {
    expect(stackViolations(resource(type, { [property]: on }))).toEqual([]);
    expect(stackViolations(resource(type, { [property]: computed }))).toEqual([]);
    expect(stackViolations(resource(type, { [property]: off }))[0]).toMatch(`${property} is "${off}"`);
    expect(stackViolations(resource(type, {}))[0]).toMatch(
      `database-tls: it: ${property} is not set: write "${on}"`,
    );
  });

  test.for([
    [tencentcloud.postgresqlInstance, tencentcloud.postgresqlInstanceSslConfig, { sslEnabled: true }],
    [tencentcloud.redisInstance, tencentcloud.redisSsl, { sslConfig: "enabled" }],
  ] as const)("of %s is switched on by a resource beside it", ([type, beside, on]) => {
    const instance = resource(type, {}, { name: "data" });
    const off = Object.fromEntries(Object.keys(on).map((key) => [key, "disabled"]));
    expect(stackViolations(instance, resource(beside, on, { dependsOn: ["data"] }))).toEqual([]);
    expect(stackViolations(instance)[0]).toMatch(/database-tls: data: TLS is off: add a/);
    expect(stackViolations(instance, resource(beside, on, { dependsOn: ["other"] }))).toHaveLength(1);
    expect(stackViolations(instance, resource(beside, off, { dependsOn: ["data"] }))).toHaveLength(1);
  });
});

describe("Secrets of a cluster", () => {
  test("of ACK are encrypted with a key that is said, and not switched off", () => {
    const ack = (props: object) => stackViolations(resource(alicloud.managedKubernetes, props));
    expect(ack({ encryptionProviderKey: "key-1", disableEncryption: false })).toEqual([]);
    expect(ack({ encryptionProviderKey: computed, disableEncryption: false })).toEqual([]);
    expect(ack({ encryptionProviderKey: "key-1" })[0]).toMatch(/disableEncryption: false, both/);
    expect(ack({ disableEncryption: false })[0]).toMatch(
      /cluster-secret-encryption: it: .*encryptionProviderKey/,
    );
  });

  test("of TKE are encrypted by a resource beside it", () => {
    const cluster = resource(tencentcloud.kubernetesCluster, {}, { name: "cluster" });
    const protection = (...dependsOn: string[]) =>
      resource(tencentcloud.kubernetesEncryptionProtection, {}, { dependsOn });
    expect(stackViolations(cluster, protection("cluster"))).toEqual([]);
    expect(stackViolations(cluster, protection("other"))[0]).toMatch(/KubernetesEncryptionProtection/);
    const pool = resource(tencentcloud.kubernetesNodePool, {}, { dependsOn: ["cluster"] });
    expect(stackViolations(cluster, pool).join()).toMatch(/KubernetesEncryptionProtection/);
    expect(stackViolations(cluster)).toHaveLength(1);
  });
});
