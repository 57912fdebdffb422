import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../kubernetesObject.ts";
import { managedBy } from "../labels.ts";

/** Where the shared services run, and where the administrators' credentials of managed ones are. */
export const servicesNamespace = "openclaw-services";

export function servicesNamespaceSpec(): ManifestOf<k8s.types.input.core.v1.Namespace> {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: servicesNamespace,
      labels: {
        "app.kubernetes.io/managed-by": managedBy,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
      },
    },
  };
}

/** Nobody gets in from outside the namespace, and nothing gets out of it but to ask for names. */
export function servicesNetworkPolicySpec(): ManifestOf<k8s.types.input.networking.v1.NetworkPolicy> {
  const neighbours = [{ podSelector: {} }];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "services", namespace: servicesNamespace },
    spec: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: neighbours }],
      egress: [
        { to: neighbours },
        {
          to: [{ namespaceSelector: {} }],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    },
  };
}
