import { nodeKindLabel } from "../node/place.ts";
import { simulatedNode } from "./configuration.ts";

/** Name of the class and of the provisioner that embedded/standin/volumes serves. */
export const storageClassName = "simulated";
export const provisioner = "simulated.openclaw.ai";

const nodeCount = 4;
const nodeCapacity = { cpu: "256", memory: "1Ti", pods: "500", "ephemeral-storage": "1Ti" };

/**
 * The objects that a cluster needs before anything can run on it: simulated nodes and a default storage class.
 *
 * @param taints of the simulated nodes
 */
export function clusterObjects(taints: readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items: [storageClass(), ...nodes(taints)] };
}

/** Beside a real node: what has no volume, and so belongs nowhere, rather runs than seems to. */
export const besideRealNode = [{ key: nodeKindLabel, value: "simulated", effect: "PreferNoSchedule" }];

function storageClass(): object {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: storageClassName,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    provisioner,
    allowVolumeExpansion: true,
    reclaimPolicy: "Delete",
    // The clouds' classes bind late too: what waits for a volume there waits for it here.
    volumeBindingMode: "WaitForFirstConsumer",
    allowedTopologies: [{ matchLabelExpressions: [{ key: nodeKindLabel, values: ["simulated"] }] }],
  };
}

function nodes(taints: readonly object[]): object[] {
  return Array.from({ length: nodeCount }, (_, index) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `simulated-${index + 1}`,
      annotations: { [simulatedNode.key]: simulatedNode.value },
      labels: {
        "kubernetes.io/hostname": `simulated-${index + 1}`,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node-role.kubernetes.io/agent": "",
        [nodeKindLabel]: "simulated",
      },
    },
    spec: { taints },
    status: { allocatable: nodeCapacity, capacity: nodeCapacity },
  }));
}
