import { beforeAll, expect, test } from "vitest";
import { type Registration, recordStack, stackConfig } from "../fixtures/program.ts";
import { ofType, theOne } from "../fixtures/registrations.ts";

/** The stack ack-platform with a key that exists, tenants without roles, and two zones. */
let registrations: readonly Registration[];
let outputs: Readonly<Record<string, unknown>>;

const keyArn = "acs:kms:cn-hangzhou:42:key/key-of-ours";

beforeAll(async () => {
  const config = stackConfig("ack-platform");
  const cluster = JSON.parse(config["openclaw:cluster"] ?? "{}");
  const services = JSON.parse(config["openclaw:services"] ?? "{}");
  const network = { ...cluster.network, zones: cluster.network.zones.slice(0, 2) };
  ({ registrations, outputs } = await recordStack("ack-platform", {
    "openclaw:cluster": { ...cluster, network, encryption: { keyArn } },
    "openclaw:services": { ...services, tenantRoles: false },
  }));
});

test("a key that exists is used for everything at rest, and none is made", () => {
  expect(ofType(registrations, "alicloud:kms/key:Key")).toEqual([]);
  const used = [
    theOne(registrations, "alicloud:cs/managedKubernetes:ManagedKubernetes").inputs.encryptionProviderKey,
    ...ofType(registrations, "alicloud:cs/nodePool:NodePool").map(({ inputs }) => inputs.systemDiskKmsKey),
    theOne(registrations, "alicloud:rds/instance:Instance").inputs.encryptionKey,
    theOne(registrations, "alicloud:oss/bucketServerSideEncryption:BucketServerSideEncryption").inputs
      .kmsMasterKeyId,
  ];
  expect(used).toEqual(used.map(() => "key-of-ours"));
});

test("the account that RDS gets its role in is the key's", () => {
  expect(theOne(registrations, "alicloud:rds/instance:Instance").inputs.roleArn).toBe(
    "acs:ram::42:role/aliyunrdsinstanceencryptiondefaultrole",
  );
});

test("without roles cells are not told who vouches for pods, and so make none", () => {
  expect(outputs.services).toMatchObject({ kind: "alicloud" });
  expect(outputs.services).not.toHaveProperty("identityProvider.arn");
});

test("two zones do", () => {
  expect(ofType(registrations, "alicloud:vpc/switch:Switch")).toHaveLength(4);
  expect(theOne(registrations, "alicloud:nlb/loadBalancer:LoadBalancer").inputs.zoneMappings).toHaveLength(2);
});
