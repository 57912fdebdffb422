import { containerdSocket } from "./containerd.ts";
import type { NodeNetwork } from "./network.ts";
import { type NodePlace, nodeKindLabel, nodeName } from "./place.ts";

/**
 * The kubelet's configuration: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1
 *
 * @param authority PEM file of the authority of the cluster's certificates
 */
export function kubeletConfiguration(place: NodePlace, network: NodeNetwork, authority: string): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: network.nodeAddress,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: authority },
    },
    authorization: { mode: "Webhook" },
    clusterDNS: [network.dnsAddress],
    clusterDomain: "cluster.local",
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    resolvConf: place.resolvConf,
    podLogsDir: place.podLogs,
    // Below /var/lib, which is the namespaces' own; the default would make a folder in the machine's /usr.
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${network.name}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    // A fork bomb stays in its pod.
    podPidsLimit: 1024,
    // The disk is the machine's: it has no limit of ours, and images stay however full it is.
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
  };
}

export function kubeletArguments(place: NodePlace, network: NodeNetwork, configuration: string): string[] {
  return [
    `--config=${configuration}`,
    `--kubeconfig=${place.kubeconfig}`,
    `--root-dir=${place.kubelet}`,
    `--cert-dir=${place.kubelet}/pki`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${network.nodeAddress}`,
    `--node-labels=${nodeKindLabel}=real`,
  ];
}

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1 */
export function kubeProxyConfiguration(place: NodePlace, network: NodeNetwork): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: place.kubeconfig },
    hostnameOverride: nodeName,
    mode: "nftables",
    clusterCIDR: network.podRange,
    // These are settings of the whole machine, and the defaults want to raise them.
    conntrack: { maxPerCore: 0, min: 0 },
    nftables: { syncPeriod: "30s", minSyncPeriod: "100ms" },
  };
}
