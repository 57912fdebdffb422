import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import { noIdentity, type WorkloadIdentity } from "../identity/identity.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";

/**
 * An identity for the pod that no Role is bound to and whose token for the API server is mounted nowhere. The cloud may
 * have a use for it.
 */
export function serviceAccountSpec(
  tenant: Tenant,
  { serviceAccountAnnotations: annotations }: WorkloadIdentity = noIdentity,
): ManifestOf<k8s.types.input.core.v1.ServiceAccount> {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: {
      name: objectNames.serviceAccount,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    automountServiceAccountToken: false,
  };
}
