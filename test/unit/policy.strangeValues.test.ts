import { expect, test } from "vitest";
import type { StackResource } from "../../policy/rule.ts";
import { alicloud, tencentcloud } from "../../policy/types.ts";
import { computed, type Fields, type Value } from "../../policy/values.ts";
import { resource, resourceViolations, stackViolations } from "../fixtures/policyResources.ts";

/** Whatever a resource's code may write, or a preview not know: rules say something about it or nothing, and never fail. */
const strange: readonly Value[] = [
  undefined,
  null,
  computed,
  true,
  0,
  7,
  "",
  "x",
  [],
  [7],
  [null, computed],
  {},
  { x: 7 },
];

const inTenant = {
  name: "it",
  namespace: "tenant-acme",
  labels: { "openclaw.ai/tenant": "acme" },
  annotations: {},
};
const pod = {
  hostNetwork: false,
  volumes: [{ name: "v", hostPath: { path: "/" } }],
  containers: [
    {
      name: "c",
      image: "a/b:1.0.0",
      ports: [{ hostPort: 80 }],
      securityContext: { privileged: true, allowPrivilegeEscalation: true, capabilities: { add: ["ALL"] } },
    },
  ],
};
const peer = {
  ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] },
  namespaceSelector: { matchLabels: { a: "b" } },
};
const document = {
  Effect: "Allow",
  Action: ["oss:*"],
  Resource: ["*"],
  Principal: { Federated: ["acs:ram::1:oidc-provider/x"], Service: ["ecs"] },
  Condition: { StringEquals: { "oidc:sub": ["system:serviceaccount:a:b"] } },
};

const samples: readonly StackResource[] = [
  resource("kubernetes:core/v1:Namespace", { metadata: { ...inTenant, name: "tenant-acme" } }),
  resource("kubernetes:core/v1:PersistentVolumeClaim", {
    metadata: { ...inTenant, annotations: { "openclaw.ai/retain-until": "2026-01-01" } },
  }),
  resource("kubernetes:core/v1:Pod", { metadata: inTenant, spec: pod }),
  resource("kubernetes:apps/v1:Deployment", {
    metadata: inTenant,
    spec: { template: { metadata: { labels: {} }, spec: pod } },
  }),
  resource("kubernetes:core/v1:Service", {
    metadata: inTenant,
    spec: { type: "NodePort", externalIPs: ["1.2.3.4"] },
  }),
  resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", {
    metadata: inTenant,
    spec: {
      ingress: [{ from: [peer] }],
      egress: [{ to: [peer], ports: [{ protocol: "TCP", port: 443, endPort: 444 }] }],
    },
  }),
  resource("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", {
    metadata: inTenant,
    roleRef: { kind: "ClusterRole", name: "r" },
    subjects: [
      { kind: "ServiceAccount", name: "a", namespace: "tenant-acme" },
      { kind: "Group", name: "system:serviceaccounts:tenant-acme" },
      { kind: "User", name: "system:serviceaccount:tenant-acme:a" },
    ],
  }),
  resource("kubernetes:storage.k8s.io/v1:StorageClass", {
    metadata: { name: "c" },
    provisioner: "diskplugin.csi.alibabacloud.com",
    parameters: { encrypted: "true", encrypt: "x", kmsKeyId: "k" },
  }),
  resource(alicloud.managedKubernetes, {
    slbInternetEnabled: true,
    auditLogConfig: { enabled: true },
    controlPlaneLogProject: "p",
    deletionProtection: true,
    encryptionProviderKey: "k",
  }),
  resource(alicloud.nodePool, {
    instanceMetadataOptions: { httpTokens: "required" },
    internetMaxBandwidthOut: 5,
    systemDiskEncrypted: true,
    dataDisks: [{ encrypted: "true" }],
    instanceChargeType: "PostPaid",
  }),
  resource(alicloud.instance, { httpTokens: "required", internetMaxBandwidthOut: 5 }),
  resource(alicloud.bucket, { bucket: "b", acl: "private", versioning: { status: "Enabled" }, policy: "{}" }),
  resource(alicloud.bucketVersioning, { bucket: "b", status: "Enabled" }),
  resource(alicloud.bucketServerSideEncryption, { bucket: "b", sseAlgorithm: "KMS" }),
  resource(alicloud.ramPolicy, { statements: [document] }),
  resource(alicloud.ramPolicy, { policyDocument: JSON.stringify({ Statement: [document] }) }),
  resource(alicloud.ramRole, { assumeRolePolicyDocument: JSON.stringify({ Statement: [document] }) }),
  resource(alicloud.ramRolePolicyAttachment, { policyName: "AdministratorAccess" }),
  resource(alicloud.rdsInstance, { sslAction: "Open", securityIps: ["0.0.0.0/0"], deletionProtection: true }),
  resource(alicloud.tairInstance, { paymentType: "Subscription", sslEnabled: "Enable" }),
  resource("alicloud:ecs/securityGroupRule:SecurityGroupRule", {
    type: "ingress",
    ipProtocol: "tcp",
    portRange: "443/443",
    cidrIp: "0.0.0.0/0",
    policy: "accept",
  }),
  resource(tencentcloud.cosBucket, {
    acl: "private",
    aclBody: "groups/global/AllUsers",
    encryptionAlgorithm: "KMS",
    versioningEnable: true,
  }),
  resource(tencentcloud.instance, {
    allocatePublicIp: true,
    systemDiskEncrypt: true,
    dataDisks: [{ encrypt: true }],
  }),
  resource(tencentcloud.kubernetesNativeNodePool, {
    native: {
      internetAccessible: [{ chargeType: "x" }],
      systemDisk: { encrypt: "ENCRYPT" },
      dataDisks: [{ encrypt: "x" }],
    },
  }),
  resource(tencentcloud.kubernetesClusterEndpoint, { clusterInternet: true }),
  resource(tencentcloud.redisSsl, { instanceId: "i", sslConfig: "enabled" }),
];

/** The value with each of its parts replaced in turn: the whole, then whatever is in it. */
function* variants(value: Value): Generator<Value> {
  yield* strange;
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) {
      for (const variant of variants(each)) {
        yield value.with(index, variant);
      }
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      for (const variant of variants(each)) {
        yield { ...value, [key]: variant };
      }
    }
  }
}

test.each(samples.map((sample) => [sample.type.split(":").at(-1) ?? "", sample] as const))(
  "whatever stands in a %s, no rule fails on it",
  (_, sample) => {
    let tried = 0;
    for (const [key, value] of Object.entries(sample.props)) {
      for (const variant of variants(value)) {
        const changed = { ...sample, props: { ...sample.props, [key]: variant } as Fields };
        expect(resourceViolations(changed)).toEqual(expect.any(Array));
        expect(stackViolations(changed, sample)).toEqual(expect.any(Array));
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(strange.length);
  },
);

/** A document may hold anything, as text and as data. */
test.each([
  ["a policy", alicloud.ramPolicy, "policyDocument"],
  ["a role", alicloud.ramRole, "assumeRolePolicyDocument"],
])("whatever stands in the document of %s, no rule fails on it", (_, type, property) => {
  for (const statement of variants(document)) {
    const text = JSON.stringify({ Statement: [statement] }, (_, value) =>
      value === computed ? null : value,
    );
    expect(resourceViolations(resource(type, { [property]: text }))).toEqual(expect.any(Array));
    expect(resourceViolations(resource(alicloud.ramPolicy, { statements: [statement] }))).toEqual(
      expect.any(Array),
    );
  }
});
