import type * as k8s from "@pulumi/kubernetes";
import type { Tenant } from "../../tenants/schema.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";

/** An identity for the pod that no Role is bound to and whose token is mounted nowhere. */
export function serviceAccountSpec(tenant: Tenant): ManifestOf<k8s.types.input.core.v1.ServiceAccount> {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: {
      name: objectNames.serviceAccount,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
    },
    automountServiceAccountToken: false,
  };
}
