import type * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import { tagKeys } from "../../labels.ts";
import type { CloudResourceOptions } from "../../tencentcloud/resource.ts";
import {
  KubernetesNativeNodePool,
  type KubernetesNativeNodePoolArgs,
  type NodeDataDisk,
  type NodeSystemDisk,
} from "../../tencentcloud/tke.ts";
import type { TkeNetwork } from "./network.ts";
import type { TkeSettings } from "./settings.ts";

type PoolName = keyof TkeSettings["nodePools"];

type NodeTag = KubernetesNativeNodePoolArgs["tags"][number]["tags"][number];

interface Surroundings {
  readonly clusterId: pulumi.Output<string>;
  readonly network: TkeNetwork;
  readonly keyId: pulumi.Output<string>;
}

/** Balanced SSD: may be encrypted, and is what tenants/prices.ts counts with. */
const diskType = "CLOUD_BSSD";

/** Tolerated by CoreDNS and what else a cluster cannot do without; nothing of ours stands in its way on these nodes. */
const systemTaint = { key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" } as const;

/** One pool for the cluster's own add-ons, one for tenants and all else. */
export function createNodePools(
  name: string,
  settings: TkeSettings,
  surroundings: Surroundings,
  opts: CloudResourceOptions,
): KubernetesNativeNodePool[] {
  const pools: readonly PoolName[] = ["system", "tenants"];
  return pools.map((pool) => {
    const resource = `${name}-pool-${pool}`;
    const args = nodePoolArgs(settings, pool, surroundings, machineTags(resource));
    return new KubernetesNativeNodePool(resource, args, {
      ...opts,
      // The autoscaler changes the number. Every change of a pool sends what the state says (docs/tke.md).
      ignoreChanges: ["native.replicas"],
    });
  });
}

/** Machines are no resources of the program; their tag says whose they are. */
const machineTags = (resource: string): NodeTag[] =>
  Object.entries({ ...cloudTags(), [tagKeys.resource]: resource }).map(([key, value]) => ({ key, value }));

function nodePoolArgs(
  settings: TkeSettings,
  pool: PoolName,
  { clusterId, network, keyId }: Surroundings,
  tags: readonly NodeTag[],
): KubernetesNativeNodePoolArgs {
  const { instanceTypes, min, max, diskGiB } = settings.nodePools[pool];
  return {
    clusterId,
    name: pool,
    type: "Native",
    deletionProtection: true,
    labels: [{ name: "openclaw.ai/pool", value: pool }],
    taints: pool === "system" ? [systemTaint] : [],
    tags: [{ resourceType: "machine", tags }],
    native: {
      instanceChargeType: "POSTPAID_BY_HOUR",
      instanceTypes,
      subnetIds: network.nodeSubnets.map(({ id }) => id),
      securityGroupIds: [network.nodeSecurityGroupId],
      scaling: { minReplicas: min, maxReplicas: max, createPolicy: "ZoneEquality" },
      replicas: min,
      enableAutoscaling: true,
      autoRepair: true,
      // So that one tenant's fork bomb ends in its own pod.
      kubeletArgs: ["pod-max-pids=4096"],
      systemDisk: encryptedDisk(50, keyId),
      dataDisks: [
        mountedDisk("/var/lib/containerd", diskGiB, keyId),
        mountedDisk("/var/lib/kubelet", 50, keyId),
      ],
    },
  };
}

/** @param diskSize GiB */
const encryptedDisk = (diskSize: number, kmsKeyId: pulumi.Output<string>): NodeSystemDisk => ({
  diskType,
  diskSize,
  encrypt: "ENCRYPT",
  kmsKeyId,
});

/** @param diskSize GiB */
const mountedDisk = (
  mountTarget: string,
  diskSize: number,
  kmsKeyId: pulumi.Output<string>,
): NodeDataDisk => ({
  ...encryptedDisk(diskSize, kmsKeyId),
  autoFormatAndMount: true,
  fileSystem: "ext4",
  mountTarget,
});
