import type * as k8s from "@pulumi/kubernetes";
import type { ManifestOf } from "../../kubernetesObject.ts";
import { managedBy, managedByLabel } from "../../labels.ts";
import type { EdgeFacts } from "../facts.ts";

/** The namespace the edge proxy lives in; tenants' network policies let connections in from here alone. */
export function edgeNamespaceSpec(edge: EdgeFacts): ManifestOf<k8s.types.input.core.v1.Namespace> {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: edge.namespace,
      labels: {
        [managedByLabel]: managedBy,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
      },
    },
  };
}
