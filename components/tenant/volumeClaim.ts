import type * as k8s from "@pulumi/kubernetes";
import { plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { type ManifestOf, skipAwait } from "../kubernetesObject.ts";
import { annotationKeys, tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import { gibibytes } from "../quantities.ts";

/**
 * The one place a tenant's data lives. ReadWriteOnce and not ReadWriteOncePod: a backup's pod reads it on the same node
 * beside the gateway, and OpenClaw itself refuses a second gateway on the same state. A larger plan grows it in place;
 * Kubernetes never shrinks a volume.
 *
 * It is not waited for: the Deployment waits until it is bound, and the official provider waits in vain for one that it
 * creates and that is there, bound already, because a removed tenant came back or a state was lost.
 */
export function volumeClaimSpec(
  tenant: Tenant,
  storageClass: string | undefined,
): ManifestOf<k8s.types.input.core.v1.PersistentVolumeClaim> {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name: objectNames.volumeClaim,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
      annotations: {
        ...skipAwait,
        ...(tenant.retainUntil === undefined ? {} : { [annotationKeys.retainUntil]: tenant.retainUntil }),
      },
    },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
      resources: { requests: { storage: gibibytes(plans[tenant.plan].diskGiB) } },
    },
  };
}
