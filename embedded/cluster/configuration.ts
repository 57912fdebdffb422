import { etcd, kubernetes, kwok } from "../binaries/catalogue.ts";
import { binaryPath } from "../binaries/index.ts";
import type { NodeNetwork } from "../node/network.ts";

/** Listening ports of a cluster, in the order of {@link clusterPorts}. */
export type ClusterPorts = Readonly<Record<(typeof clusterPorts)[number], number>>;

export const clusterPorts = [
  "etcdPort",
  "etcdPeerPort",
  "kubeApiserverPort",
  "kubeControllerManagerPort",
  "kubeSchedulerPort",
  "kwokControllerPort",
] as const;

/** Room for 65,534 Services; kwokctl's own default holds about 250. */
const serviceRange = "10.96.0.0/16";

/** Every simulated node has it, and no other node. */
export const simulatedNode = { key: "kwok.x-k8s.io/node", value: "fake" } as const;

/** The facts about its future real node that a cluster needs when it is made. */
export interface RealNode {
  readonly network: NodeNetwork;
  /** The API server proves itself to the kubelet with it: files of a certificate and its key. */
  readonly client: { readonly certificate: string; readonly key: string };
}

/** kwokctl's configuration file; its fields: https://kwok.sigs.k8s.io/docs/user/configuration. */
export function kwokctlConfiguration(ports: ClusterPorts, realNode?: RealNode): object {
  return {
    apiVersion: "config.kwok.x-k8s.io/v1alpha1",
    kind: "KwokctlConfiguration",
    options: {
      runtime: "binary",
      // The default is every address of the machine, and etcd asks nobody who they are.
      bindAddress: "127.0.0.1",
      etcdBinary: binaryPath(etcd, "etcd"),
      kubeApiserverBinary: binaryPath(kubernetes, "kube-apiserver"),
      kubeControllerManagerBinary: binaryPath(kubernetes, "kube-controller-manager"),
      kubeSchedulerBinary: binaryPath(kubernetes, "kube-scheduler"),
      kwokControllerBinary: binaryPath(kwok, "kwok"),
      disableQPSLimits: true,
      ...(realNode === undefined ? {} : { kubeApiserverCertSANs: serverNames(realNode) }),
      ...ports,
    },
    componentsPatches: [
      { name: "kube-apiserver", extraArgs: extraArgs(apiServerFlags(realNode)) },
      // A trial cluster may lose its last writes when the machine loses power, and is twice as quick for it.
      { name: "etcd", extraArgs: extraArgs({ "unsafe-no-fsync": "true" }) },
      { name: "kwok-controller", extraArgs: extraArgs(kwokFlags) },
    ],
  };
}

const extraArgs = (flags: Readonly<Record<string, string>>) =>
  Object.entries(flags).map(([key, value]) => ({ key, value }));

/** Left alone it plays the kubelet of every node. */
const kwokFlags = {
  "manage-all-nodes": "false",
  "manage-nodes-with-annotation-selector": `${simulatedNode.key}=${simulatedNode.value}`,
};

const serverNames = ({ network }: RealNode) => [network.hostAddress, network.apiServiceAddress];

function apiServerFlags(realNode: RealNode | undefined): Record<string, string> {
  if (realNode === undefined) {
    return { "service-cluster-ip-range": serviceRange };
  }
  const { network, client } = realNode;
  return {
    "service-cluster-ip-range": network.serviceRange,
    "advertise-address": network.hostAddress,
    // The node's name is known to no name server.
    "kubelet-preferred-address-types": "InternalIP,Hostname",
    "kubelet-client-certificate": client.certificate,
    "kubelet-client-key": client.key,
  };
}
