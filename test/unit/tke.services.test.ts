import { beforeAll, expect, test } from "vitest";
import { connectCluster } from "../../components/cluster/index.ts";
import { TkeCluster } from "../../components/cluster/tke.ts";
import { createServices } from "../../components/services/index.ts";
import { devOwner } from "../fixtures/owner.ts";
import { type Registration, recordRegistrations } from "../fixtures/program.ts";
import { named } from "../fixtures/registrations.ts";
import { tencentCloudSettings, tkeSettings } from "../fixtures/tencentcloud/settings.ts";
import { inventory } from "../golden/inventory.ts";

let registrations: readonly Registration[];

beforeAll(async () => {
  const run = await recordRegistrations("tke-platform", {}, async () => {
    const cluster = new TkeCluster("tke", tkeSettings());
    await createServices(
      "services",
      tencentCloudSettings(),
      { cluster, owner: devOwner },
      { providers: [cluster.provider] },
    );
  });
  registrations = run.registrations;
});

const inputs = (name: string) => named(registrations, name).inputs;

/** Nodes and pods of both zones. */
const clients = ["10.60.0.0/24", "10.60.16.0/20", "10.60.1.0/24", "10.60.32.0/20"];

test("the database is in the VPC only, and only nodes and pods reach its port", () => {
  expect(inputs("services-database")).toMatchObject({
    publicAccessSwitch: false,
    vpcId: "tke-vpc-id",
    subnetId: "tke-nodes-ap-guangzhou-6-id",
    securityGroups: ["services-database-access-id"],
  });
  expect(inputs("services-database-access-rules")).toMatchObject({
    ingresses: clients.map((cidrBlock) => ({ action: "ACCEPT", cidrBlock, protocol: "TCP", port: "5432" })),
    egresses: [],
  });
});

test("the database stands by in a second zone", () => {
  expect(inputs("services-database").dbNodeSets).toEqual([
    { role: "Primary", zone: "ap-guangzhou-6" },
    { role: "Standby", zone: "ap-guangzhou-7" },
  ]);
});

test("the database is encrypted on disk with the cluster's key, and on the wire", () => {
  expect(inputs("services-database")).toMatchObject({ needSupportTde: 1, kmsKeyId: "tke-key-id" });
  expect(inputs("services-database-tls")).toEqual({
    dbInstanceId: "services-database-id",
    sslEnabled: true,
    connectAddress: "10.60.0.10",
  });
});

test("the database is backed up every day, with its log, for 30 days", () => {
  const plan = inputs("services-database-backups");
  expect(plan).toMatchObject({
    dbInstanceId: "services-database-id",
    baseBackupRetentionPeriod: 30,
    logBackupRetentionPeriod: 30,
  });
  expect(new Set(plan.backupPeriods as string[]).size).toBe(7);
  // Deprecated where it was.
  expect(inputs("services-database")).not.toHaveProperty("backupPlan");
});

test("the database is changed by one resource at a time", () => {
  expect(named(registrations, "services-database-tls").dependsOn).toContain("services-database-backups");
  expect(named(registrations, "services-database-content").dependsOn).toContain("services-database-tls");
});

test("the cache is in the VPC, encrypted on the wire, and its replica in a second zone", () => {
  expect(inputs("services-cache")).toMatchObject({
    vpcId: "tke-vpc-id",
    securityGroups: ["services-cache-access-id"],
    redisReplicasNum: 1,
    replicaZoneIds: [100007],
  });
  expect(inputs("services-cache-tls")).toEqual({ instanceId: "services-cache-id", sslConfig: "enabled" });
  expect(inputs("services-cache-access-rules").ingresses).toMatchObject(
    clients.map((cidrBlock) => ({ cidrBlock, protocol: "TCP", port: "6379" })),
  );
});

test("the bucket is private, encrypted, and keeps what was overwritten for 30 days", () => {
  expect(inputs("services-bucket")).toMatchObject({
    bucket: "company-openclaw-gz-1250000000",
    acl: "private",
    encryptionAlgorithm: "AES256",
    versioningEnable: true,
    forceClean: false,
    lifecycleRules: [{ filterPrefix: "", nonCurrentExpiration: { nonCurrentDays: 30 } }],
  });
});

test("the bucket refuses everybody who does not come by TLS", () => {
  expect(JSON.parse(String(inputs("services-bucket-policy").policy))).toEqual({
    version: "2.0",
    statement: [
      {
        effect: "deny",
        principal: { qcs: ["qcs::cam::anyone:anyone"] },
        action: ["name/cos:*"],
        resource: ["qcs::cos:ap-guangzhou:uid/1250000000:company-openclaw-gz-1250000000/*"],
        condition: { bool_equal: { "cos:secure-transport": "false" } },
      },
    ],
  });
});

test("the internet reaches the load balancer's ports 80 and 443 and nothing else", () => {
  const open = registrations.flatMap(({ name, inputs: { ingresses } }) =>
    (Array.isArray(ingresses) ? ingresses : [])
      .filter(({ cidrBlock }) => cidrBlock === "0.0.0.0/0")
      .map(({ port, protocol }) => `${name} ${protocol} ${port}`),
  );
  expect(open).toEqual(["services-edge-access-rules TCP 80,443"]);
  expect(inputs("services-edge")).toMatchObject({ deleteProtect: true, masterZoneId: "ap-guangzhou-6" });
});

test("what holds data, or has an address that names point to, is protected and outlives its resource", () => {
  const lasting = ["database", "database-content", "cache", "bucket", "edge", "namespace"];
  for (const name of lasting) {
    expect(named(registrations, `services-${name}`)).toMatchObject({ protect: true, retainOnDelete: true });
  }
  expect(inputs("services-database").deleteProtection).toBe(true);
});

test("nothing is paid for in advance", () => {
  const charges = registrations.flatMap(
    ({ inputs: given }) => given.chargeType ?? given.internetChargeType ?? [],
  );
  expect(new Set(charges)).toEqual(new Set(["POSTPAID", "POSTPAID_BY_HOUR", "TRAFFIC_POSTPAID_BY_HOUR"]));
});

test("administrators' passwords are random, secret, and in a Secret each beside the user's name", () => {
  const decoded = (name: string) => {
    const { data } = inputs(name) as { data: { value: Record<string, string> } };
    return Object.fromEntries(
      Object.entries(data.value).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  };
  expect(decoded("services-database-admin")).toEqual({
    username: "openclaw_admin",
    password: "x".repeat(32),
  });
  // TencentDB for Redis takes 16 characters at most.
  expect(decoded("services-cache-admin")).toEqual({ password: "x".repeat(16) });
  expect(inputs("services-database").rootPassword).toMatchObject({ value: "x".repeat(32) });
  expect(inputs("services-cache").password).toMatchObject({ value: "x".repeat(16) });
  expect(inventory(registrations)).not.toContain("xxxx");
});

test("a cloud's services refuse a cluster that is not in it", async () => {
  const creation = recordRegistrations("elsewhere", {}, async () => {
    const cluster = await connectCluster({ kind: "existing", name: "elsewhere", context: "kind" });
    await createServices("services", tencentCloudSettings(), { cluster, owner: devOwner }, {});
  });
  await expect(creation).rejects.toThrow(
    "the cluster elsewhere is not of this stack, or not in tencentcloud",
  );
});
