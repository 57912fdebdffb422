import { expect, test } from "vitest";
import { tencentcloud } from "../../policy/types.ts";
import { computed } from "../../policy/values.ts";
import { brokenRules, resource, resourceViolations } from "../fixtures/policyResources.ts";

/**
 * One good resource of each type; what is bad is made of it by one change. Arguments as in the provider's
 * documentation, in camel case.
 */
const good = {
  cosBucket: { bucket: "tenants-1250000000", acl: "private" },
  postgresqlInstance: {
    publicAccessSwitch: false,
    deleteProtection: true,
    needSupportTde: 1,
    chargeType: "POSTPAID_BY_HOUR",
  },
  redisInstance: { chargeType: "POSTPAID", noAuth: false },
  kubernetesCluster: {
    clusterInternet: false,
    deletionProtection: true,
    clusterAudit: { enabled: true, logSetId: "l-1", topicId: "t-1" },
  },
  kubernetesClusterEndpoint: { clusterId: "cls-1", clusterInternet: false, clusterIntranet: true },
  kubernetesNodePool: { autoScalingConfig: { dataDisks: [{ encrypt: true }] } },
  kubernetesNativeNodePool: {
    native: {
      instanceChargeType: "POSTPAID_BY_HOUR",
      systemDisk: { encrypt: "ENCRYPT" },
      dataDisks: [{ encrypt: "ENCRYPT" }],
    },
  },
  instance: { dataDisks: [{ encrypt: true }], allocatePublicIp: false },
  cbsStorage: { encrypt: true },
  kmsKey: { alias: "openclaw" },
  securityGroupRuleSet: {
    ingresses: [
      { action: "ACCEPT", cidrBlock: "10.0.0.0/8" },
      { action: "ACCEPT", cidrBlock: "0.0.0.0/0", protocol: "TCP", port: "80,443" },
      { action: "DROP", cidrBlock: "0.0.0.0/0" },
    ],
    egresses: [{ action: "ACCEPT", cidrBlock: "0.0.0.0/0", protocol: "ALL", port: "ALL" }],
  },
  securityGroupLiteRule: {
    ingresses: ["ACCEPT#10.0.0.0/8#ALL#TCP", "ACCEPT#0.0.0.0/0#80,443#TCP", "DROP#0.0.0.0/0#ALL#ALL"],
    egresses: ["ACCEPT#0.0.0.0/0#ALL#ALL"],
  },
  routeTableEntry: { destinationCidrBlock: "0.0.0.0/0" },
} as const;

type Kind = keyof typeof good;

/** The rules name no type of list: they look at all of them. */
const types = {
  ...tencentcloud,
  securityGroupLiteRule: "tencentcloud:index/securityGroupLiteRule:SecurityGroupLiteRule",
  securityGroupRuleSet: "tencentcloud:index/securityGroupRuleSet:SecurityGroupRuleSet",
};

const changed = (kind: Kind, change: object) => resource(types[kind], { ...good[kind], ...change });

test.for(Object.keys(good) as Kind[])("a good %s breaks no rule", (kind) => {
  expect(resourceViolations(changed(kind, {}))).toEqual([]);
});

test.for([
  ["cosBucket", { acl: "public-read" }, "no-public-bucket", /acl is "public-read"/],
  [
    "cosBucket",
    { aclBody: "<URI>http://cam.qcloud.com/groups/global/AllUsers</URI>" },
    "no-public-bucket",
    /AllUsers/,
  ],
  ["postgresqlInstance", { publicAccessSwitch: true }, "no-public-database", /publicAccessSwitch/],
  [
    "postgresqlInstance",
    { deleteProtection: undefined },
    "deletion-protection",
    /deleteProtection is not set/,
  ],
  ["postgresqlInstance", { needSupportTde: 0 }, "encrypted-disk", /needSupportTde is 0: write 1/],
  ["postgresqlInstance", { chargeType: "PREPAID" }, "post-paid", /chargeType is "PREPAID"/],
  ["redisInstance", { wanAddressSwitch: "open" }, "no-public-database", /wanAddressSwitch/],
  ["redisInstance", { noAuth: true }, "no-public-database", /noAuth/],
  ["kubernetesCluster", { clusterInternet: true }, "private-cluster", /clusterInternet/],
  ["kubernetesCluster", { deletionProtection: undefined }, "deletion-protection", /not set/],
  ["kubernetesCluster", { clusterAudit: undefined }, "cluster-audit-log", /clusterAudit.enabled/],
  ["kubernetesCluster", { clusterAudit: [{ enabled: false }] }, "cluster-audit-log", /clusterAudit.enabled/],
  [
    "kubernetesCluster",
    { managedClusterInternetSecurityPolicies: ["0.0.0.0/0"] },
    "no-open-cidr",
    /managedClusterInternetSecurityPolicies\[0\]/,
  ],
  ["kubernetesClusterEndpoint", { clusterInternet: true }, "private-cluster", /clusterInternet/],
  [
    "kubernetesNodePool",
    { autoScalingConfig: [{ dataDisks: [{}] }] },
    "encrypted-disk",
    /autoScalingConfig.dataDisks\[0\].encrypt/,
  ],
  [
    "kubernetesNativeNodePool",
    { native: { systemDisk: { diskSize: 50 } } },
    "encrypted-disk",
    /native.systemDisk.encrypt is not set: write "ENCRYPT"/,
  ],
  [
    "kubernetesNativeNodePool",
    { native: { systemDisk: { encrypt: "ENCRYPT" }, dataDisks: [{}] } },
    "encrypted-disk",
    /native.dataDisks\[0\].encrypt is not set: write "ENCRYPT"/,
  ],
  [
    "kubernetesNativeNodePool",
    { native: { instanceChargeType: "PREPAID", systemDisk: { encrypt: "ENCRYPT" } } },
    "post-paid",
    /native.instanceChargeType/,
  ],
  [
    "kubernetesNativeNodePool",
    { native: { internetAccessible: { maxBandwidthOut: 50 }, systemDisk: { encrypt: "ENCRYPT" } } },
    "no-public-node",
    /internetAccessible/,
  ],
  ["instance", { allocatePublicIp: true }, "no-public-node", /allocatePublicIp/],
  ["instance", { dataDisks: [{ encrypt: false }] }, "encrypted-disk", /dataDisks\[0\]/],
  ["cbsStorage", { encrypt: undefined }, "encrypted-disk", /encrypt is not set/],
  [
    "securityGroupRuleSet",
    { ingresses: [{ action: "ACCEPT", cidrBlock: "0.0.0.0/0" }] },
    "no-open-cidr",
    /ingresses\[0\].cidrBlock is 0.0.0.0\/0/,
  ],
  [
    "securityGroupRuleSet",
    { ingresses: [{ action: "ACCEPT", ipv6CidrBlock: "::/0", protocol: "TCP", port: "22" }] },
    "no-open-cidr",
    /ingresses\[0\].ipv6CidrBlock/,
  ],
  ["securityGroupLiteRule", { ingresses: ["ACCEPT#0.0.0.0/0#22,443#TCP"] }, "no-open-cidr", /ingresses\[0\]/],
] as const)("%s with %j breaks %s", ([kind, change, rule, message]) => {
  const violations = resourceViolations(changed(kind, change));
  expect(brokenRules(violations)).toEqual([rule]);
  expect(violations[0]).toMatch(message);
});

test.for(["cosBucket", "kmsKey", "postgresqlInstance", "redisInstance"] as const)(
  "a %s that is not protected breaks protected-data",
  (kind) => {
    const violations = resourceViolations(resource(tencentcloud[kind], good[kind], { protect: false }));
    expect(brokenRules(violations)).toEqual(["protected-data"]);
  },
);

test.for(Object.keys(good) as Kind[])("a %s of which nothing is known yet breaks no rule", (kind) => {
  const everything = Object.fromEntries(Object.keys(good[kind]).map((key) => [key, computed]));
  expect(resourceViolations(resource(types[kind], everything))).toEqual([]);
});
