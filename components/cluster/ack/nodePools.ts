import { AutoscalingConfig } from "@pulumi/alicloud/cs/autoscalingConfig.js";
import type { ManagedKubernetes } from "@pulumi/alicloud/cs/managedKubernetes.js";
import { NodePool, type NodePoolArgs } from "@pulumi/alicloud/cs/nodePool.js";
import type * as pulumi from "@pulumi/pulumi";
import { cloudTags } from "../../cloudTags.ts";
import type { CloudKey } from "../cloud.ts";
import type { Network } from "./network.ts";
import { optionsIn, type Place } from "./place.ts";
import type { AckSettings, NodePoolSettings } from "./settings.ts";

type PoolName = keyof AckSettings["nodePools"];

/**
 * ACK's names are not cluster-autoscaler's: `coolDownDuration` is its scale-down-unneeded-time, `unneededDuration` its
 * scale-down-delay-after-add. Source: ACK API reference, CreateAutoscalingConfig, and the provider, which reads them
 * back from ScaleDownUnneededTime and ScaleDownDelayAfterAdd.
 */
const scaleInDelays = {
  /** The time that a node must be underused before it is removed: moving a tenant is a restart, so not for a lull. */
  coolDownDuration: "20m",
  /** The time after the addition of a node in which none is removed. */
  unneededDuration: "10m",
} as const;

interface Foundation {
  readonly network: Network;
  readonly key: CloudKey;
  readonly cluster: ManagedKubernetes;
}

/** A pool for what keeps the cluster going and one for tenants, each between its bounds by what pods ask for. */
export function createNodePools(place: Place, settings: AckSettings, made: Foundation): pulumi.Resource[] {
  const autoscaling = new AutoscalingConfig(
    `${place.name}-autoscaling`,
    {
      clusterId: made.cluster.id,
      scalerType: "cluster-autoscaler",
      expander: "least-waste",
      // A gateway that drains may take up to 330 s.
      maxGracefulTerminationSec: 600,
      // An emptyDir must not keep a node alive. The provider sends this only if it is true, so what holds is ACK's
      // default; docs/ack.md says how to look.
      skipNodesWithLocalStorage: false,
      skipNodesWithSystemPods: true,
      // ACK's default, written down because the provider reads it back.
      scaleUpFromZero: true,
      scaleDownEnabled: true,
      utilizationThreshold: "0.5",
      ...scaleInDelays,
    },
    optionsIn(place),
  );
  const pool = (name: PoolName) =>
    new NodePool(
      `${place.name}-nodes-${name}`,
      {
        clusterId: made.cluster.id,
        vswitchIds: made.network.zones.map(({ nodes }) => nodes.id),
        systemDiskKmsKey: made.key.id,
        ...nodePoolSpec(name, settings.nodePools[name]),
        tags: { ...cloudTags(), pool: name },
      },
      { ...optionsIn(place), dependsOn: autoscaling },
    );
  return [autoscaling, pool("system"), pool("tenants")];
}

/** The arguments that do not depend on other resources. No key pair and no password: nobody logs in to a node. */
export function nodePoolSpec(
  name: PoolName,
  { instanceTypes, min, max, diskGiB }: NodePoolSettings,
): Omit<NodePoolArgs, "clusterId"> {
  return {
    nodePoolName: name,
    instanceTypes,
    instanceChargeType: "PostPaid",
    spotStrategy: "NoSpot",
    multiAzPolicy: "BALANCE",
    scalingConfig: { enable: true, minSize: min, maxSize: max, type: "cpu" },
    imageType: "AliyunLinux3ContainerOptimized",
    systemDiskCategory: "cloud_essd",
    systemDiskPerformanceLevel: "PL0",
    systemDiskSize: diskGiB,
    systemDiskEncrypted: true,
    systemDiskEncryptAlgorithm: "aes-256",
    // Of a pod that got to the metadata service all the same, a plain GET is refused.
    instanceMetadataOptions: { httpTokens: "required" },
    // The provider sends what is not set here as empty maps, kubeReserved and evictionHard among them. ACK's
    // defaults go by the instance type, so there is no one value to write instead; docs/ack.md says how to look.
    kubeletConfiguration: {
      readOnlyPort: "0",
      // So that one tenant's fork bomb ends in its own pod.
      podPidsLimit: "4096",
    },
    management: {
      enable: true,
      autoRepair: true,
      autoRepairPolicy: { restartNode: true },
      autoUpgrade: true,
      autoUpgradePolicy: { autoUpgradeKubelet: true },
      autoVulFix: true,
      // High and medium severity.
      autoVulFixPolicy: { vulLevel: "asap,later", restartNode: true },
      maxUnavailable: 1,
    },
    labels: [{ key: "openclaw.ai/pool", value: name }],
    taints: name === "system" ? [{ key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" }] : [],
  };
}
