import { beforeAll, expect, test } from "vitest";
import { type Registration, recordStack } from "../fixtures/program.ts";
import { ofType, theOne } from "../fixtures/registrations.ts";
import { some } from "../fixtures/some.ts";

/** What Pulumi.ack-platform.yaml makes of the cluster and what it stands on: one property a test. */
let registrations: readonly Registration[];
let cluster: Registration;
let nodePools: readonly Registration[];

beforeAll(async () => {
  ({ registrations } = await recordStack("ack-platform"));
  cluster = theOne(registrations, "alicloud:cs/managedKubernetes:ManagedKubernetes");
  nodePools = some(ofType(registrations, "alicloud:cs/nodePool:NodePool"));
});

const pool = (name: string) =>
  theOne(registrations, "alicloud:cs/nodePool:NodePool", `ack-nodes-${name}`).inputs;

test("the API server has no public address", () => {
  expect(cluster.inputs.slbInternetEnabled).toBe(false);
});

test("nodes have no public address", () => {
  for (const { inputs } of nodePools) {
    expect(inputs).not.toHaveProperty("internetMaxBandwidthOut");
    expect(inputs.scalingConfig).not.toHaveProperty("isBondEip");
  }
});

test("network policies are enforced", () => {
  const addons = cluster.inputs.addons as { name: string; config?: string }[];
  const terway = addons.find(({ name }) => name === "terway-eniip");
  expect(JSON.parse(terway?.config ?? "{}")).toMatchObject({ NetworkPolicy: "true" });
});

test("no ingress controller brings a load balancer of its own", () => {
  expect(cluster.inputs.addons).toContainEqual({ name: "nginx-ingress-controller", disabled: true });
});

test("Secrets are encrypted in etcd by a key of KMS", () => {
  expect(cluster.inputs).toMatchObject({ encryptionProviderKey: "ack-key-id", disableEncryption: false });
});

test("pods can get roles in the cloud", () => {
  expect(cluster.inputs.enableRrsa).toBe(true);
  const addons = ofType(registrations, "alicloud:cs/kubernetesAddon:KubernetesAddon");
  expect(addons.map(({ inputs }) => inputs.name)).toContain("ack-pod-identity-webhook");
});

test("audit and control-plane logs go to a project that outlives the cluster, for half a year", () => {
  const project = theOne(registrations, "alicloud:log/project:Project");
  const projectName = project.inputs.projectName;
  expect(project).toMatchObject({ protect: true, retainOnDelete: true });
  expect(cluster.inputs).toMatchObject({
    auditLogConfig: { enabled: true, slsProjectName: projectName },
    controlPlaneLogProject: projectName,
    controlPlaneLogTtl: "180",
    deleteOptions: expect.arrayContaining([
      { resourceType: "SLS_Data", deleteMode: "retain" },
      { resourceType: "SLS_ControlPlane", deleteMode: "retain" },
    ]),
  });
  expect(cluster.inputs.controlPlaneLogComponents).toContain("apiserver");
});

test("neither the engine nor the cloud deletes the cluster", () => {
  expect(cluster).toMatchObject({ protect: true, retainOnDelete: true });
  expect(cluster.inputs.deletionProtection).toBe(true);
});

test("no administrator's certificate is written into the state", () => {
  expect(cluster.inputs.skipSetCertificateAuthority).toBe(true);
});

test("upgrades happen in a window, by a channel, and not in between", () => {
  expect(cluster.inputs).not.toHaveProperty("version");
  expect(cluster.inputs).toMatchObject({
    maintenanceWindow: { enable: true, weeklyPeriod: "Tuesday", duration: "3h" },
    operationPolicy: { clusterAutoUpgrade: { enabled: true, channel: "stable" } },
  });
});

test("the control plane spans three zones, and pods have networks of their own", () => {
  const zones = ["cn-hangzhou-i", "cn-hangzhou-j", "cn-hangzhou-k"];
  expect(cluster.inputs.vswitchIds).toEqual(zones.map((zone) => `ack-${zone}-nodes-id`));
  expect(cluster.inputs.podVswitchIds).toEqual(zones.map((zone) => `ack-${zone}-pods-id`));
});

test("every vSwitch goes out by both known addresses, and by no gateway that ACK makes", () => {
  // Left out, the provider would ask for one.
  expect(cluster.inputs.newNatGateway).toBe(false);
  const sources = ofType(registrations, "alicloud:vpc/snatEntry:SnatEntry");
  const vSwitches = ofType(registrations, "alicloud:vpc/switch:Switch");
  expect(
    some(sources)
      .map(({ inputs }) => inputs.sourceVswitchId)
      .toSorted(),
  ).toEqual(vSwitches.map(({ name }) => `${name}-id`).toSorted());
  expect(new Set(sources.map(({ inputs }) => inputs.snatIp))).toEqual(new Set(["203.0.113.1,203.0.113.2"]));
});

test("the addresses that the fleet goes out from are kept", () => {
  for (const address of some(ofType(registrations, "alicloud:ecs/eipAddress:EipAddress"))) {
    expect(address).toMatchObject({ protect: true, inputs: { deletionProtection: true } });
  }
});

test("nodes and the cluster wait for the way out", () => {
  expect(cluster.dependsOn).toEqual(
    expect.arrayContaining(
      some(ofType(registrations, "alicloud:vpc/snatEntry:SnatEntry")).map(({ name }) => name),
    ),
  );
});

test("nodes' metadata is given to IMDSv2 alone", () => {
  for (const { inputs } of nodePools) {
    expect(inputs.instanceMetadataOptions).toEqual({ httpTokens: "required" });
  }
});

test("nodes' disks are encrypted by the key", () => {
  for (const { inputs } of nodePools) {
    expect(inputs).toMatchObject({ systemDiskEncrypted: true, systemDiskKmsKey: "ack-key-id" });
  }
});

test("nobody can log in to a node", () => {
  for (const { inputs } of nodePools) {
    expect(Object.keys(inputs).filter((key) => /password|keyName/i.test(key))).toEqual([]);
  }
});

const autoscaling = () => theOne(registrations, "alicloud:cs/autoscalingConfig:AutoscalingConfig").inputs;

test("a node goes after 20 minutes of being too empty, and none within 10 of a new one", () => {
  // ACK's coolDownDuration is cluster-autoscaler's scale-down-unneeded-time, unneededDuration its delay-after-add.
  expect(autoscaling()).toMatchObject({ coolDownDuration: "20m", unneededDuration: "10m" });
});

test("the autoscaler is told what the provider reads back, so that no run finds a difference", () => {
  expect(autoscaling()).toMatchObject({ scaleUpFromZero: true });
});

test("an emptyDir does not keep a node alive", () => {
  expect(autoscaling()).toMatchObject({ skipNodesWithLocalStorage: false });
});

test("the kubelet has no open read-only port, and a pod no unlimited number of processes", () => {
  for (const { inputs } of nodePools) {
    expect(inputs.kubeletConfiguration).toMatchObject({ readOnlyPort: "0", podPidsLimit: "4096" });
  }
});

test("nodes are repaired, upgraded and patched, one at a time", () => {
  for (const { inputs } of nodePools) {
    expect(inputs.management).toMatchObject({
      enable: true,
      autoRepair: true,
      autoUpgrade: true,
      autoVulFix: true,
      maxUnavailable: 1,
    });
  }
});

test("tenants are kept off the system's nodes", () => {
  expect(pool("system").taints).toEqual([{ key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" }]);
  expect(pool("tenants").taints).toEqual([]);
});

test("both pools scale between the bounds of the settings", () => {
  expect(pool("system").scalingConfig).toMatchObject({ enable: true, minSize: 2, maxSize: 4 });
  expect(pool("tenants").scalingConfig).toMatchObject({ enable: true, minSize: 2, maxSize: 40 });
  expect(pool("tenants")).not.toHaveProperty("desiredSize");
});

test("tenants' volumes are encrypted by the key, and grow", () => {
  expect(theOne(registrations, "kubernetes:storage.k8s.io/v1:StorageClass").inputs).toMatchObject({
    metadata: { name: "openclaw-essd" },
    parameters: { encrypted: "true", kmsKeyId: "ack-key-id" },
    allowVolumeExpansion: true,
  });
});

test("the key outlives everything it has encrypted", () => {
  const key = theOne(registrations, "alicloud:kms/key:Key");
  expect(key).toMatchObject({ protect: true, retainOnDelete: true });
  expect(key.inputs).toMatchObject({ deletionProtection: "Enabled" });
});

test("a default key is not rotated, which would be paid for in advance", () => {
  expect(theOne(registrations, "alicloud:kms/key:Key").inputs).toMatchObject({
    automaticRotation: "Disabled",
  });
});

test("add-ons are left in the cluster when the program forgets them", () => {
  for (const addon of some(ofType(registrations, "alicloud:cs/kubernetesAddon:KubernetesAddon"))) {
    expect(addon.retainOnDelete).toBe(true);
  }
});

test("DNS is answered by pods, which tenants' network policies can name", () => {
  const addons = ofType(registrations, "alicloud:cs/kubernetesAddon:KubernetesAddon");
  expect(addons.map(({ inputs }) => inputs.name)).toContain("coredns");
});

test("the cluster's name stays when its credential changes", () => {
  expect(theOne(registrations, "pulumi:providers:kubernetes").inputs).toMatchObject({
    clusterIdentifier: "openclaw-hz",
  });
});

test("nothing goes into the cluster before its nodes and add-ons are there", () => {
  const waits = theOne(registrations, "pulumi:providers:kubernetes").dependsOn ?? [];
  expect(waits).toEqual(
    expect.arrayContaining(["ack-nodes-system", "ack-nodes-tenants", "ack-addon-coredns"]),
  );
});
