import { etcd, kubernetes, kwok } from "../binaries/catalogue.ts";
import { binaryPath } from "../binaries/index.ts";

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
export const serviceRange = "10.96.0.0/16";

/** kwokctl's configuration file; its fields: https://kwok.sigs.k8s.io/docs/user/configuration. */
export function kwokctlConfiguration(ports: ClusterPorts): object {
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
      ...ports,
    },
    componentsPatches: [
      { name: "kube-apiserver", extraArgs: [{ key: "service-cluster-ip-range", value: serviceRange }] },
      // A trial cluster may lose its last writes when the machine loses power, and is twice as quick for it.
      { name: "etcd", extraArgs: [{ key: "unsafe-no-fsync", value: "true" }] },
    ],
  };
}
