import { beforeAll, expect, test } from "vitest";
import { kubeconfigOf } from "../../components/cluster/tke/kubeconfig.ts";
import { connectTke, TkeCluster } from "../../components/cluster/tke.ts";
import { tagKeys } from "../../components/labels.ts";
import { type Registration, recordRegistrations } from "../fixtures/program.ts";
import { named, ofKind } from "../fixtures/registrations.ts";
import { documentedResources } from "../fixtures/tencentcloud/bridge.ts";
import { tkePlatformOutputs } from "../fixtures/tencentcloud/outputs.ts";
import { tkeSettings } from "../fixtures/tencentcloud/settings.ts";
import { inventory } from "../golden/inventory.ts";

let registrations: readonly Registration[];

beforeAll(async () => {
  const settings = { ...tkeSettings(), addons: ["nodeproblemdetectorplus"] };
  const run = await recordRegistrations("tke-platform", {}, async () => new TkeCluster("tke", settings));
  registrations = run.registrations;
});

const inputs = (name: string) => named(registrations, name).inputs;
const pools = ["tke-pool-system", "tke-pool-tenants"] as const;
const native = (pool: string) => inputs(pool).native as Record<string, unknown>;

test("the API server has an address in the VPC and none outside", () => {
  expect(inputs("tke-endpoint")).toEqual({
    clusterId: "tke-cluster-id",
    clusterInternet: false,
    clusterIntranet: true,
    clusterIntranetSubnetId: "tke-nodes-ap-guangzhou-6-id",
  });
  // The provider's documentation forbids switching the endpoints in two places.
  expect(Object.keys(inputs("tke-cluster")).filter((key) => /Internet|Intranet/.test(key))).toEqual([]);
});

test("network policies are enforced, on addresses of the VPC", () => {
  expect(inputs("tke-cluster")).toMatchObject({
    networkType: "VPC-CNI",
    dataPlaneV2: true,
    eniSubnetIds: ["tke-pods-ap-guangzhou-6-id", "tke-pods-ap-guangzhou-7-id"],
  });
  // Left out, the provider would ask for IPVS as well, and the two exclude each other.
  expect(inputs("tke-cluster")).toMatchObject({ clusterIpvs: false });
});

test("what TKE answers of itself never has the cluster replaced", () => {
  expect(named(registrations, "tke-cluster").ignoreChanges).toEqual([
    "clusterLevel",
    "clusterIpvs",
    "clusterMaxPodNum",
    "clusterOs",
  ]);
});

test("a pool begins with its smallest number of nodes, and how many it has is the autoscaler's from then on", () => {
  for (const pool of pools) {
    const { minReplicas } = native(pool).scaling as { minReplicas: number };
    expect(native(pool).replicas).toBe(minReplicas);
    expect(named(registrations, pool).ignoreChanges).toEqual(["native.replicas"]);
  }
});

test("the audit log and the events go where they outlive the cluster", () => {
  expect(inputs("tke-cluster")).toMatchObject({
    clusterAudit: { enabled: true, topicId: "tke-logs-audit-id", deleteAuditLogAndTopic: false },
    eventPersistence: { enabled: true, topicId: "tke-logs-events-id", deleteEventLogAndTopic: false },
  });
  for (const name of ["tke-logs", "tke-logs-audit", "tke-logs-events"]) {
    expect(named(registrations, name)).toMatchObject({ protect: true, retainOnDelete: true });
  }
  expect(inputs("tke-logs-audit").period).toBe(180);
});

test("Secrets are encrypted with a key of ours that is rotated, and kept for 30 days after a deletion", () => {
  expect(inputs("tke-encryption")).toEqual({
    clusterId: "tke-cluster-id",
    kmsConfiguration: { keyId: "tke-key-id", kmsRegion: "ap-guangzhou" },
  });
  expect(inputs("tke-key")).toMatchObject({
    isEnabled: true,
    keyRotationEnabled: true,
    pendingDeleteWindowInDays: 30,
  });
  expect(named(registrations, "tke-key")).toMatchObject({ protect: true, retainOnDelete: true });
});

test("neither engine nor cloud deletes the cluster, and disks stay when it goes", () => {
  expect(named(registrations, "tke-cluster").protect).toBe(true);
  expect(inputs("tke-cluster")).toMatchObject({
    deletionProtection: true,
    resourceDeleteOptions: [{ resourceType: "CBS", deleteMode: "retain" }],
  });
  expect(pools.map((pool) => inputs(pool).deletionProtection)).toEqual([true, true]);
});

test("nodes have no public address, over both zones, and grow with what runs on them", () => {
  for (const pool of pools) {
    expect(native(pool)).toMatchObject({
      subnetIds: ["tke-nodes-ap-guangzhou-6-id", "tke-nodes-ap-guangzhou-7-id"],
      enableAutoscaling: true,
      autoRepair: true,
    });
    expect(native(pool)).not.toHaveProperty("internetAccessible");
    expect(native(pool)).not.toHaveProperty("keyIds");
  }
});

test("a pod may have so many processes, not a node's worth", () => {
  for (const pool of pools) {
    expect(native(pool).kubeletArgs).toEqual(["pod-max-pids=4096"]);
  }
});

test("every disk of a node is encrypted with our key", () => {
  const disk = { encrypt: "ENCRYPT", kmsKeyId: "tke-key-id" };
  for (const pool of pools) {
    expect(native(pool).systemDisk).toMatchObject(disk);
    expect(native(pool).dataDisks).toMatchObject([
      { ...disk, mountTarget: "/var/lib/containerd" },
      { ...disk, mountTarget: "/var/lib/kubelet" },
    ]);
  }
});

test("volumes are encrypted, grow, and are in the pod's zone", () => {
  expect(inputs("tke-storage-class")).toMatchObject({
    metadata: { name: "openclaw-encrypted" },
    parameters: { encrypt: "ENCRYPT", diskChargeType: "POSTPAID_BY_HOUR" },
    allowVolumeExpansion: true,
    volumeBindingMode: "WaitForFirstConsumer",
  });
});

test("tenants stay off the system nodes", () => {
  expect(inputs("tke-pool-system").taints).toEqual([
    { key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" },
  ]);
  expect(inputs("tke-pool-tenants").taints).toEqual([]);
});

test("nothing but the VPC opens a connection to a node", () => {
  expect(inputs("tke-nodes-rules").ingresses).toEqual([
    expect.objectContaining({ action: "ACCEPT", cidrBlock: "10.60.0.0/16" }),
  ]);
});

test("everything leaves by two addresses of our own that are not given up", () => {
  expect(inputs("tke-nat").assignedEipSets).toEqual(["203.0.113.1", "203.0.113.2"]);
  expect(inputs("tke-route-internet")).toMatchObject({ nextType: "NAT", nextHub: "tke-nat-id" });
  expect(ofKind(registrations, "Eip").map(({ protect }) => protect)).toEqual([true, true]);
});

test("ServiceAccounts are vouched for to CAM, by tokens meant for that", () => {
  expect(inputs("tke-pod-identity")).toMatchObject({
    useTkeDefault: true,
    autoCreateOidcConfig: true,
    autoCreateClientIds: ["sts.cloud.tencent.com"],
    autoInstallPodIdentityWebhookAddon: true,
  });
});

test("what restarts the API server happens one after the other, and the endpoint comes after the nodes", () => {
  expect(named(registrations, "tke-pod-identity").dependsOn).toContain("tke-encryption");
  expect(named(registrations, "tke-pool-tenants").dependsOn).toContain("tke-pod-identity");
  expect(named(registrations, "tke-pool-tenants").dependsOn).toContain("tke-route-internet");
  expect(named(registrations, "tke-endpoint").dependsOn).toEqual(expect.arrayContaining([...pools]));
  expect(named(registrations, "cluster").dependsOn).toContain("tke-endpoint");
});

test("add-ons are those of the settings, on nodes that exist", () => {
  expect(ofKind(registrations, "KubernetesAddon")).toMatchObject([
    { inputs: { addonName: "nodeproblemdetectorplus" } },
  ]);
  expect(named(registrations, "tke-addon-nodeproblemdetectorplus").dependsOn).toContain("tke-pool-system");
});

test("nothing is paid for in advance", () => {
  expect(JSON.stringify(registrations)).not.toMatch(/PREPAID|prepaid/);
  expect(pools.map((pool) => native(pool).instanceChargeType)).toEqual([
    "POSTPAID_BY_HOUR",
    "POSTPAID_BY_HOUR",
  ]);
});

const stackTags = { "pulumi-project": "openclaw", stack: "tke-platform", "managed-by": "openclaw-tenants" };

test("everything that takes tags has them, and one that says which resource it is", () => {
  const taking = registrations.filter(({ type }) => documentedResources.get(type)?.arguments.tags === "map");
  expect(taking.length).toBeGreaterThan(10);
  for (const { name, inputs: given } of taking) {
    expect(given.tags).toEqual({ ...stackTags, "pulumi-resource": name });
  }
  const ofMachines = Object.entries({ ...stackTags, "pulumi-resource": "tke-pool-system" });
  expect(inputs("tke-pool-system").tags).toEqual([
    { resourceType: "machine", tags: ofMachines.map(([key, value]) => ({ key, value })) },
  ]);
});

test.each(Object.values(tagKeys))("the tag key %s is none that a cloud keeps for itself", (key) => {
  expect(key).not.toMatch(/^(project|项目|qcs:|qcloud|tencent|aliyun|acs:)/);
});

test("credentials of another account are refused", () => {
  expect(inputs("tencentcloud")).toEqual({
    region: "ap-guangzhou",
    allowedAccountIds: JSON.stringify(["100012345678"]),
  });
});

test("the kubeconfig is a secret wherever it stands", () => {
  expect(inputs("cluster").kubeconfig).toMatchObject({ value: expect.stringContaining("private key") });
  expect(inventory(registrations)).not.toContain("private key");
});

test("a cluster without a private address is said to be one", () => {
  expect(() => kubeconfigOf({ lists: [] })).toThrow("not in this account and region");
  expect(() => kubeconfigOf({ lists: [{ kubeConfigIntranet: "" }] })).toThrow(
    "endpoint for the VPC is not on",
  );
  expect(kubeconfigOf({ lists: [{ kubeConfigIntranet: "apiVersion: v1" }] })).toBe("apiVersion: v1");
});

test("a cell reaches the same cluster and makes nothing of it", async () => {
  const { cluster } = tkePlatformOutputs;
  const run = await recordRegistrations("tke-cell-01", {}, async () =>
    connectTke({ ...cluster, kind: "tke" }),
  );
  expect(run.registrations.map(({ type }) => type).toSorted()).toEqual([
    "pulumi:providers:kubernetes",
    "pulumi:providers:tencentcloud",
  ]);
  expect(named(run.registrations, "cluster").inputs.clusterIdentifier).toBe(
    inputs("cluster").clusterIdentifier,
  );
  expect(run.result.cloud).toMatchObject({ kind: "tencentcloud", account: cluster.account });
});
