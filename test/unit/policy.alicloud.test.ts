import type { ManagedKubernetesArgs } from "@pulumi/alicloud/cs/managedKubernetes.js";
import type { NodePoolArgs } from "@pulumi/alicloud/cs/nodePool.js";
import type { EcsDiskArgs } from "@pulumi/alicloud/ecs/ecsDisk.js";
import type { EcsLaunchTemplateArgs } from "@pulumi/alicloud/ecs/ecsLaunchTemplate.js";
import type { InstanceArgs as MachineArgs } from "@pulumi/alicloud/ecs/instance.js";
import type { SecurityGroupRuleArgs } from "@pulumi/alicloud/ecs/securityGroupRule.js";
import type { KeyArgs } from "@pulumi/alicloud/kms/key.js";
import type { ConnectionArgs as RedisConnectionArgs } from "@pulumi/alicloud/kvstore/connection.js";
import type { InstanceArgs as RedisArgs } from "@pulumi/alicloud/kvstore/instance.js";
import type { FileSystemArgs } from "@pulumi/alicloud/nas/fileSystem.js";
import type { AccountPublicAccessBlockArgs } from "@pulumi/alicloud/oss/accountPublicAccessBlock.js";
import type { BucketArgs } from "@pulumi/alicloud/oss/bucket.js";
import type { BucketAclArgs } from "@pulumi/alicloud/oss/bucketAcl.js";
import type { BucketObjectArgs } from "@pulumi/alicloud/oss/bucketObject.js";
import type { BucketPublicAccessBlockArgs } from "@pulumi/alicloud/oss/bucketPublicAccessBlock.js";
import type { ConnectionArgs } from "@pulumi/alicloud/rds/connection.js";
import type { DbProxyPublicArgs } from "@pulumi/alicloud/rds/dbProxyPublic.js";
import type { InstanceArgs as RdsArgs } from "@pulumi/alicloud/rds/instance.js";
import type { TairInstanceArgs } from "@pulumi/alicloud/redis/tairInstance.js";
import type { AclEntryAttachmentArgs } from "@pulumi/alicloud/slb/aclEntryAttachment.js";
import type { RouteEntryArgs } from "@pulumi/alicloud/vpc/routeEntry.js";
import { describe, expect, test } from "vitest";
import { alicloud } from "../../policy/types.ts";
import { computed } from "../../policy/values.ts";
import { brokenRules, resource, resourceViolations } from "../fixtures/policyResources.ts";

/** One good resource of each type; what is bad is made of it by one change. */
const good = {
  bucket: { bucket: "tenants" } satisfies BucketArgs,
  bucketAcl: { bucket: "tenants", acl: "private" } satisfies BucketAclArgs,
  bucketObject: { bucket: "tenants", key: "a", acl: "private" } satisfies BucketObjectArgs,
  bucketPublicAccessBlock: {
    bucket: "tenants",
    blockPublicAccess: true,
  } satisfies BucketPublicAccessBlockArgs,
  accountPublicAccessBlock: { blockPublicAccess: true } satisfies AccountPublicAccessBlockArgs,
  managedKubernetes: {
    slbInternetEnabled: false,
    newNatGateway: false,
    deletionProtection: true,
    auditLogConfig: { enabled: true, slsProjectName: "audit" },
    encryptionProviderKey: "key-1",
    disableEncryption: false,
  } satisfies ManagedKubernetesArgs,
  nodePool: {
    clusterId: "c-1",
    systemDiskEncrypted: true,
    dataDisks: [{ encrypted: "true" }],
    instanceMetadataOptions: { httpTokens: "required" },
    instanceChargeType: "PostPaid",
    internetMaxBandwidthOut: 0,
  } satisfies NodePoolArgs,
  instance: {
    systemDiskEncrypted: true,
    dataDisks: [{ size: 20, encrypted: true }],
    httpTokens: "required",
  } satisfies MachineArgs,
  launchTemplate: {
    systemDisk: { encrypted: true },
    dataDisks: [{ encrypted: true }],
    httpTokens: "required",
  } satisfies EcsLaunchTemplateArgs,
  ecsDisk: { encrypted: true } satisfies EcsDiskArgs,
  fileSystem: { protocolType: "NFS", storageType: "Performance", encryptType: 2 } satisfies FileSystemArgs,
  rdsInstance: {
    engine: "PostgreSQL",
    engineVersion: "17.0",
    instanceType: "pg.n2.2c.2m",
    instanceStorage: 20,
    instanceChargeType: "Postpaid",
    sslAction: "Open",
    encryptionKey: "ServiceKey",
    deletionProtection: true,
    securityIps: ["10.0.0.0/16"],
  } satisfies RdsArgs,
  tairInstance: {
    instanceClass: "tair.rdb.1g",
    instanceType: "tair_rdb",
    vpcId: "vpc-1",
    vswitchId: "vsw-1",
    zoneId: "cn-hangzhou-i",
    paymentType: "PayAsYouGo",
    sslEnabled: "Enable",
    securityIps: "10.0.0.0/16,10.1.0.0/16",
  } satisfies TairInstanceArgs,
  redisInstance: { sslEnable: "Enable", instanceReleaseProtection: true } satisfies RedisArgs,
  kmsKey: { deletionProtection: "Enabled" } satisfies KeyArgs,
  securityGroupRule: {
    securityGroupId: "sg-1",
    type: "ingress",
    ipProtocol: "tcp",
    cidrIp: "10.0.0.0/8",
  } satisfies SecurityGroupRuleArgs,
  slbAclEntryAttachment: { aclId: "acl-1", entry: "203.0.113.0/24" } satisfies AclEntryAttachmentArgs,
  routeEntry: { routeTableId: "vtb-1", destinationCidrblock: "0.0.0.0/0" } satisfies RouteEntryArgs,
} as const;

type Kind = keyof typeof good;

/** The rules name no type of list: they look at all of them. */
const types = {
  ...alicloud,
  securityGroupRule: "alicloud:ecs/securityGroupRule:SecurityGroupRule",
  slbAclEntryAttachment: "alicloud:slb/aclEntryAttachment:AclEntryAttachment",
};

const changed = (kind: Kind, change: object) => resource(types[kind], { ...good[kind], ...change });

test.for(Object.keys(good) as Kind[])("a good %s breaks no rule", (kind) => {
  expect(resourceViolations(changed(kind, {}))).toEqual([]);
});

/** Exactly one rule is broken, and its message names the property and the remedy. */
const bad: readonly [Kind, object, string, RegExp][] = [
  ["bucket", { acl: "public-read" } satisfies BucketArgs, "no-public-bucket", /acl .*"public-read".*leave/],
  ["bucketAcl", { acl: "public-read-write" }, "no-public-bucket", /write "private"/],
  ["bucketObject", { acl: "public-read" }, "no-public-bucket", /acl is "public-read"/],
  ["bucketPublicAccessBlock", { blockPublicAccess: false }, "no-public-bucket", /write true/],
  ["accountPublicAccessBlock", { blockPublicAccess: false }, "no-public-bucket", /write true/],
  ["managedKubernetes", { slbInternetEnabled: true }, "private-cluster", /slbInternetEnabled is true/],
  [
    "managedKubernetes",
    { slbInternetEnabled: undefined },
    "private-cluster",
    /slbInternetEnabled is not set/,
  ],
  ["managedKubernetes", { newNatGateway: undefined }, "private-cluster", /newNatGateway is not set/],
  ["managedKubernetes", { deletionProtection: false }, "deletion-protection", /write true/],
  [
    "managedKubernetes",
    { auditLogConfig: { enabled: false } },
    "cluster-audit-log",
    /auditLogConfig.enabled/,
  ],
  ["managedKubernetes", { auditLogConfig: undefined }, "cluster-audit-log", /auditLogConfig.enabled/],
  ["nodePool", { systemDiskEncrypted: false }, "encrypted-disk", /systemDiskEncrypted is false: write true/],
  ["nodePool", { systemDiskEncrypted: undefined }, "encrypted-disk", /systemDiskEncrypted is not set/],
  ["nodePool", { dataDisks: [{ encrypted: "true" }, {}] }, "encrypted-disk", /dataDisks\[1\].encrypted/],
  ["nodePool", { instanceMetadataOptions: undefined }, "node-metadata", /httpTokens is not set/],
  ["nodePool", { instanceMetadataOptions: { httpTokens: "optional" } }, "node-metadata", /"required"/],
  ["nodePool", { internetMaxBandwidthOut: 10 } satisfies Partial<NodePoolArgs>, "no-public-node", /leave it/],
  ["nodePool", { instanceChargeType: "PrePaid" }, "post-paid", /instanceChargeType is "PrePaid"/],
  ["instance", { systemDiskEncrypted: undefined }, "encrypted-disk", /systemDiskEncrypted/],
  ["instance", { dataDisks: [{ size: 20 }] }, "encrypted-disk", /dataDisks\[0\].encrypted is not set/],
  ["instance", { httpTokens: "optional" }, "node-metadata", /httpTokens is "optional"/],
  ["instance", { internetMaxBandwidthOut: 1 } satisfies MachineArgs, "no-public-node", /public address/],
  ["launchTemplate", { systemDisk: {} }, "encrypted-disk", /systemDisk.encrypted is not set/],
  ["launchTemplate", { httpTokens: undefined }, "node-metadata", /httpTokens is not set/],
  ["ecsDisk", { encrypted: false }, "encrypted-disk", /encrypted is false/],
  ["fileSystem", { encryptType: 0 }, "encrypted-disk", /encryptType is 0: write 2/],
  ["rdsInstance", { encryptionKey: undefined }, "encrypted-disk", /encryptionKey is not set.*"ServiceKey"/],
  ["rdsInstance", { encryptionKey: "disabled" }, "encrypted-disk", /encryptionKey is "disabled"/],
  ["rdsInstance", { deletionProtection: undefined }, "deletion-protection", /deletionProtection is not set/],
  [
    "rdsInstance",
    { securityIps: ["10.0.0.1", "0.0.0.0/0"] },
    "no-open-cidr",
    /securityIps\[1\] is 0.0.0.0\/0/,
  ],
  ["rdsInstance", { securityIps: ["::/0"] }, "no-open-cidr", /::\/0/],
  ["rdsInstance", { securityIps: ["::"] }, "no-open-cidr", /securityIps\[0\] is ::/],
  ["rdsInstance", { securityIps: ["10.0.0.0/8, 0.0.0.0/0"] }, "no-open-cidr", /0.0.0.0\/0/],
  ["rdsInstance", { securityIps: ["192.0.2.1/0"] }, "no-open-cidr", /192.0.2.1\/0/],
  ["rdsInstance", { securityIps: ["0.0.0.0"] }, "no-open-cidr", /everybody/],
  [
    "rdsInstance",
    {
      pgHbaConfs: [
        { address: "0.0.0.0/0", database: "all", method: "md5", priorityId: 1, type: "host", user: "all" },
      ],
    },
    "no-open-cidr",
    /pgHbaConfs\[0\].address/,
  ],
  ["rdsInstance", { instanceChargeType: "Prepaid" }, "post-paid", /instanceChargeType/],
  ["tairInstance", { paymentType: undefined }, "post-paid", /not set.*"PayAsYouGo"/],
  ["tairInstance", { paymentType: "Subscription" }, "post-paid", /"Subscription"/],
  ["tairInstance", { securityIps: "10.0.0.0/8,0.0.0.0/0" }, "no-open-cidr", /securityIps is 0.0.0.0\/0/],
  ["redisInstance", { enablePublic: true } satisfies RedisArgs, "no-public-database", /enablePublic/],
  [
    "redisInstance",
    { instanceReleaseProtection: false },
    "deletion-protection",
    /ReleaseProtection is false/,
  ],
  ["kmsKey", { deletionProtection: "Disabled" }, "deletion-protection", /write "Enabled"/],
  ["securityGroupRule", { cidrIp: "0.0.0.0/0" }, "no-open-cidr", /cidrIp is 0.0.0.0\/0/],
  ["securityGroupRule", { cidrIp: "0.0.0.0/0", portRange: "22/22" }, "no-open-cidr", /cidrIp/],
  ["securityGroupRule", { cidrIp: "0.0.0.0/0", portRange: "80/443" }, "no-open-cidr", /cidrIp/],
  [
    "securityGroupRule",
    { cidrIp: "0.0.0.0/0", portRange: "443/443", ipProtocol: "udp" },
    "no-open-cidr",
    /cidrIp/,
  ],
  ["securityGroupRule", { cidrIp: "128.0.0.0/1" }, "no-open-cidr", /everybody/],
  [
    "securityGroupRule",
    { ipv6CidrIp: "::/0" } satisfies Partial<SecurityGroupRuleArgs>,
    "no-open-cidr",
    /ipv6/,
  ],
  ["slbAclEntryAttachment", { entry: "0.0.0.0/0" }, "no-open-cidr", /entry is/],
];

test.for(bad)("%s with %j breaks %s", ([kind, change, rule, message]) => {
  const violations = resourceViolations(changed(kind, change));
  expect(brokenRules(violations)).toEqual([rule]);
  expect(violations[0]).toMatch(message);
});

describe("public addresses of databases are refused for being there", () => {
  test.for([
    [alicloud.rdsConnection, { instanceId: "rm-1" } satisfies ConnectionArgs],
    [
      alicloud.rdsEndpointAddress,
      { dbInstanceId: "rm-1", dbInstanceEndpointId: "e-1", connectionStringPrefix: "public", port: "5432" },
    ],
    [
      alicloud.redisConnection,
      { instanceId: "r-1", connectionStringPrefix: "public", port: "6379" } satisfies RedisConnectionArgs,
    ],
    [
      alicloud.rdsProxyPublic,
      {
        dbInstanceId: "rm-1",
        dbProxyEndpointId: "e-1",
        connectionStringPrefix: "public",
        dbProxyConnectionStringNetType: "Public",
      } satisfies DbProxyPublicArgs,
    ],
  ] as const)("%s", ([type, props]) => {
    expect(brokenRules(resourceViolations(resource(type, props)))).toEqual(["no-public-database"]);
  });
});

test.for([
  ["refuses everybody, as lists of rules end", { policy: "drop" }],
  ["is outbound", { type: "egress" }],
  ["is the web's", { portRange: "443/443" }],
] as const)("a security-group rule may name the whole internet where it %s", ([, change]) => {
  expect(resourceViolations(changed("securityGroupRule", { cidrIp: "0.0.0.0/0", ...change }))).toEqual([]);
});

test("a network in a description admits nobody", () => {
  const description = "0.0.0.0/0";
  expect(resourceViolations(changed("securityGroupRule", { description }))).toEqual([]);
});

test.for(["bucket", "fileSystem", "kmsKey", "rdsInstance", "redisInstance", "tairInstance"] as const)(
  "a %s that is not protected breaks protected-data",
  (kind) => {
    const violations = resourceViolations(resource(alicloud[kind], good[kind], { protect: false }));
    expect(brokenRules(violations)).toEqual(["protected-data"]);
    expect(violations[0]).toMatch(/protect: true/);
  },
);

test.for(Object.keys(good) as Kind[])("a %s of which nothing is known yet breaks no rule", (kind) => {
  const everything = Object.fromEntries(Object.keys(good[kind]).map((key) => [key, computed]));
  expect(resourceViolations(resource(types[kind], everything))).toEqual([]);
});
