import { join } from "node:path";

/** The folders of a real node, below the folder of its home's cluster. */
export type NodePlace = ReturnType<typeof nodePlaceOf>;

/** @param cluster the cluster's folder, with links resolved */
export function nodePlaceOf(cluster: string) {
  const folder = join(cluster, "node");
  return {
    folder,
    /** Links to every program that is started here: that is how its processes are known. */
    bin: join(folder, "bin"),
    configuration: join(folder, "etc"),
    logs: join(folder, "logs"),
    podLogs: join(folder, "pod-logs"),
    /** Images and root file systems of containers. */
    containers: join(folder, "containerd"),
    /** The kubelet's root folder. */
    kubelet: join(folder, "kubelet"),
    volumes: join(folder, "volumes"),
    kubeconfig: join(folder, "etc", "kubeconfig"),
    resolvConf: join(folder, "etc", "resolv.conf"),
    /** The node's first process, in namespaces of its own; with it the kernel ends all others. */
    init: join(folder, "bin", "node-init"),
  };
}

/** Name of the node in the cluster. */
export const nodeName = "real";

/** Tells real nodes from simulated ones; on every node of a cluster that has a real one. */
export const nodeKindLabel = "openclaw.ai/node";
