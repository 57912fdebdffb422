import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../../kubernetesObject.ts";
import { managedBy, managedByLabel } from "../../labels.ts";

/** Ports of the proxies' pods: Envoy Gateway adds 10,000 to those of a listener that only root could open. */
export const proxyPorts = { http: 10_080, https: 10_443 } as const;

/**
 * What may connect to the edge: anybody to the listeners of its proxies, and its own pods to each other. A tenant's pod
 * reaches the controller and the proxies' administration no more than anybody outside.
 */
export function edgeNetworkPolicySpec(
  namespace: string,
): ManifestOf<k8s.types.input.networking.v1.NetworkPolicy> {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "edge", namespace, labels: { [managedByLabel]: managedBy } },
    spec: {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        { ports: Object.values(proxyPorts).map((port) => ({ protocol: "TCP", port })) },
        { from: [{ podSelector: {} }] },
      ],
    },
  };
}
