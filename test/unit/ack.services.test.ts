import { beforeAll, expect, test } from "vitest";
import { type Registration, recordStack } from "../fixtures/program.ts";
import { ofType, theOne } from "../fixtures/registrations.ts";

/** What Pulumi.ack-platform.yaml makes of database, cache, bucket and load balancer: one property a test. */
let registrations: readonly Registration[];
let database: Registration;
let cache: Registration;

beforeAll(async () => {
  ({ registrations } = await recordStack("ack-platform"));
  database = theOne(registrations, "alicloud:rds/instance:Instance");
  cache = theOne(registrations, "alicloud:redis/tairInstance:TairInstance");
});

const clientCidrs = [
  "10.64.0.0/24",
  "10.64.32.0/19",
  "10.64.1.0/24",
  "10.64.64.0/19",
  "10.64.2.0/24",
  "10.64.96.0/19",
];

test("the database lets in nodes and pods alone", () => {
  expect(database.inputs.securityIps).toEqual(clientCidrs);
});

test("the database takes encrypted connections only", () => {
  expect(database.inputs.sslAction).toBe("Open");
  const rules = database.inputs.pgHbaConfs as { type: string; address: string; method: string }[];
  expect(rules.map(({ type }) => type)).toEqual(clientCidrs.map(() => "hostssl"));
  expect(rules.map(({ address }) => address)).toEqual(clientCidrs);
  expect(rules.filter(({ method }) => method === "trust")).toEqual([]);
});

test("the database is PostgreSQL 17 over two zones", () => {
  expect(database.inputs).toMatchObject({
    engine: "PostgreSQL",
    engineVersion: "17.0",
    category: "HighAvailability",
    zoneId: "cn-hangzhou-i",
    zoneIdSlaveA: "cn-hangzhou-j",
    vswitchId: "ack-cn-hangzhou-i-nodes-id,ack-cn-hangzhou-j-nodes-id",
  });
});

test("the database's disk is encrypted by the key, which RDS may use by a role", () => {
  expect(database.inputs).toMatchObject({
    encryptionKey: "ack-key-id",
    roleArn: "acs:ram::1234567890:role/aliyunrdsinstanceencryptiondefaultrole",
  });
});

test("neither the engine nor the cloud deletes the database", () => {
  expect(database).toMatchObject({
    protect: true,
    retainOnDelete: true,
    inputs: { deletionProtection: true },
  });
});

test("the key of the database's certificate is a secret in the state", () => {
  expect(database.additionalSecretOutputs).toContain("serverKey");
});

test("the database has no public address", () => {
  expect(ofType(registrations, "alicloud:rds/connection:Connection")).toEqual([]);
});

test("the database is backed up every day with its log, and backups outlive it", () => {
  const { inputs } = theOne(registrations, "alicloud:rds/backupPolicy:BackupPolicy");
  expect(inputs.preferredBackupPeriods).toHaveLength(7);
  expect(inputs).toMatchObject({
    backupRetentionPeriod: 30,
    enableBackupLog: true,
    logBackupRetentionPeriod: 30,
    releasedKeepPolicy: "All",
  });
});

test("the database's administrator may create extensions, such as vector", () => {
  const { inputs } = theOne(registrations, "alicloud:rds/rdsAccount:RdsAccount");
  expect(inputs).toMatchObject({ accountName: "openclaw_admin", accountType: "Super" });
});

test("the cache lets in nodes and pods alone, with a password", () => {
  expect(cache.inputs).toMatchObject({ securityIps: clientCidrs.join(","), vpcAuthMode: "Open" });
});

test("the cache takes encrypted connections", () => {
  expect(cache.inputs.sslEnabled).toBe("Enable");
});

test("the cache spans two zones, and is kept", () => {
  expect(cache).toMatchObject({ protect: true, retainOnDelete: true });
  expect(cache.inputs).toMatchObject({ zoneId: "cn-hangzhou-i", secondaryZoneId: "cn-hangzhou-j" });
});

test("nothing is paid for in advance", () => {
  const payments = registrations.flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([key]) => /paymentType|chargeType/i.test(key)),
  );
  expect(payments.length).toBeGreaterThan(5);
  expect(payments.filter(([, value]) => /pre|subscription/i.test(`${value}`))).toEqual([]);
  expect(cache.inputs.paymentType).toBe("PayAsYouGo");
});

const bucket = (part: string) => theOne(registrations, `alicloud:oss/${part}`).inputs;

test("the bucket is private, and cannot be made public", () => {
  expect(bucket("bucketAcl:BucketAcl")).toMatchObject({ acl: "private" });
  expect(bucket("bucketPublicAccessBlock:BucketPublicAccessBlock")).toMatchObject({
    blockPublicAccess: true,
  });
});

test("the bucket is encrypted by the key", () => {
  expect(bucket("bucketServerSideEncryption:BucketServerSideEncryption")).toMatchObject({
    sseAlgorithm: "KMS",
    kmsMasterKeyId: "ack-key-id",
  });
});

test("the bucket refuses what is not encrypted on its way, whoever asks", () => {
  const { policy } = bucket("bucketPolicy:BucketPolicy");
  expect(JSON.parse(`${policy}`)).toEqual({
    Version: "1",
    Statement: [
      {
        Effect: "Deny",
        Action: ["oss:*"],
        Principal: ["*"],
        Resource: ["acs:oss:*:1234567890:company-openclaw-hz", "acs:oss:*:1234567890:company-openclaw-hz/*"],
        Condition: { Bool: { "acs:SecureTransport": ["false"] } },
      },
    ],
  });
  expect(bucket("bucketHttpsConfig:BucketHttpsConfig")).toMatchObject({
    enable: true,
    tlsVersions: ["TLSv1.2", "TLSv1.3"],
  });
});

test("the bucket keeps what was overwritten or deleted for a month, and is kept itself", () => {
  const store = theOne(registrations, "alicloud:oss/bucket:Bucket");
  expect(bucket("bucketVersioning:BucketVersioning")).toMatchObject({ status: "Enabled" });
  expect(store).toMatchObject({ protect: true, retainOnDelete: true });
  expect(store.inputs).not.toHaveProperty("forceDestroy");
  expect(store.inputs.lifecycleRules).toMatchObject([
    { enabled: true, prefix: "", noncurrentVersionExpirations: [{ days: 30 }] },
  ]);
});

test("one load balancer is reachable from the internet, in every zone, and cannot be deleted", () => {
  const balancer = theOne(registrations, "alicloud:nlb/loadBalancer:LoadBalancer");
  expect(balancer).toMatchObject({ protect: true, retainOnDelete: true });
  expect(balancer.inputs).toMatchObject({
    addressType: "Internet",
    crossZoneEnabled: true,
    deletionProtectionConfig: { enabled: true },
  });
  expect(balancer.inputs.zoneMappings).toHaveLength(3);
});

test("the load balancer's sort of address is left to the cloud, which reads it back in a spelling of its own", () => {
  const balancer = theOne(registrations, "alicloud:nlb/loadBalancer:LoadBalancer");
  expect(balancer.inputs).not.toHaveProperty("addressIpVersion");
});

test("nothing else is reachable from the internet", () => {
  const open = registrations.filter(({ inputs }) => JSON.stringify(inputs).includes("0.0.0.0/0"));
  expect(open).toEqual([]);
  const addressed = registrations.filter(({ inputs }) => inputs.addressType === "Internet");
  expect(addressed.map(({ name }) => name)).toEqual(["services-edge"]);
});
