import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../kubernetesObject.ts";
import { labelKeys, managedBy, managedByLabel } from "../labels.ts";
import { redisPort } from "./cache.ts";
import { postgresPort } from "./database.ts";
import { type ServiceNetwork, serviceNetworkRules } from "./networks.ts";
import { objectStorePort } from "./objectStore.ts";

/** The namespace in which the shared services run, and which has the administrators' credentials of managed ones. */
export const servicesNamespace = "openclaw-services";

export function servicesNamespaceSpec(): ManifestOf<k8s.types.input.core.v1.Namespace> {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: servicesNamespace,
      labels: {
        [managedByLabel]: managedBy,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
      },
    },
  };
}

/** Ports of the services' pods that tenants' pods may reach. */
const tenantPorts = [postgresPort, redisPort, objectStorePort];

/**
 * Tenants get in where the services serve them, and nobody else from outside the namespace; nothing gets out of it but to
 * ask for names and to those services that stand beside the cluster.
 */
export function servicesNetworkPolicySpec(
  networks: readonly ServiceNetwork[],
): ManifestOf<k8s.types.input.networking.v1.NetworkPolicy> {
  const neighbours = [{ podSelector: {} }];
  const tenants = { matchExpressions: [{ key: labelKeys.tenant, operator: "Exists" }] };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "services", namespace: servicesNamespace },
    spec: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: neighbours },
        {
          from: [{ namespaceSelector: tenants }],
          ports: tenantPorts.map((port) => ({ protocol: "TCP", port })),
        },
      ],
      egress: [
        { to: neighbours },
        {
          to: [{ namespaceSelector: {} }],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
        ...serviceNetworkRules(networks),
      ],
    },
  };
}
