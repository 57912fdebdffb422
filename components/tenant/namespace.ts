import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import { noIdentity, type WorkloadIdentity } from "../identity/identity.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { annotationKeys, labelKeys, managedBy, managedByLabel, tenantLabels } from "../labels.ts";
import { namespaceName } from "../names.ts";

/** The tenant's namespace: Pod Security `restricted`, and the labels that network policies and guardrails select by. */
export function namespaceSpec(
  tenant: Tenant,
  host: string,
  identity: WorkloadIdentity = noIdentity,
): ManifestOf<k8s.types.input.core.v1.Namespace> {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespaceName(tenant.id),
      labels: {
        [managedByLabel]: managedBy,
        ...tenantLabels(tenant),
        [labelKeys.cell]: tenant.cell,
        [labelKeys.plan]: tenant.plan,
        [labelKeys.state]: tenant.state,
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "latest",
        "pod-security.kubernetes.io/warn": "restricted",
        ...identity.namespaceLabels,
      },
      annotations: {
        [annotationKeys.displayName]: tenant.displayName,
        [annotationKeys.owner]: tenant.owner,
        [annotationKeys.host]: host,
        ...(tenant.retainUntil === undefined ? {} : { [annotationKeys.retainUntil]: tenant.retainUntil }),
      },
    },
  };
}
