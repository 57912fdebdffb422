import { KubernetesAddon } from "@pulumi/alicloud/cs/kubernetesAddon.js";
import type { ManagedKubernetes } from "@pulumi/alicloud/cs/managedKubernetes.js";
import type * as pulumi from "@pulumi/pulumi";
import { optionsIn, type Place } from "./place.ts";

/** Names and settings as ACK's list of components has them. */
interface Addon {
  readonly name: string;
  readonly config?: string;
  readonly disabled?: boolean;
}

/** Add-ons that are required from the beginning: the network of pods and the driver of their volumes. */
export const addonsAtCreation = (): Addon[] => [
  { name: "terway-controlplane", config: JSON.stringify({ ENITrunking: "false" }) },
  // Off by default, and a NetworkPolicy that nobody enforces lets everything through.
  {
    name: "terway-eniip",
    config: JSON.stringify({ IPVlan: "false", NetworkPolicy: "true", ENITrunking: "false" }),
  },
  { name: "csi-plugin" },
  { name: "managed-csiprovisioner" },
  // It would bring a public load balancer of its own.
  { name: "nginx-ingress-controller", disabled: true },
];

/** Add-ons that are installed once there are nodes to run them, and can be upgraded one by one. */
const addonsOfNodes = [
  // In the cluster, not the managed variant: tenants' network policies let DNS out to pods, by their labels.
  "coredns",
  "metrics-server",
  "ack-node-problem-detector",
  // Gives pods their tokens for roles in the cloud.
  "ack-pod-identity-webhook",
] as const;

export function createAddons(
  place: Place,
  cluster: ManagedKubernetes,
  nodePools: readonly pulumi.Resource[],
): KubernetesAddon[] {
  return addonsOfNodes.map(
    (addon) =>
      new KubernetesAddon(
        `${place.name}-addon-${addon}`,
        { clusterId: cluster.id, name: addon },
        {
          ...optionsIn(place),
          dependsOn: [...nodePools],
          // A line less here must not take DNS away from a running fleet.
          retainOnDelete: true,
        },
      ),
  );
}
