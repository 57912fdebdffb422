import type * as k8s from "@pulumi/kubernetes";
import { limitFactor, type Plan, plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { backupAttempts, backupWorkGiB, ephemeralStorageMiB, jobAllowance } from "../instance/allowances.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import { gibibytes, mebibytes, millicores } from "../quantities.ts";

/** The namespace as a whole: one OpenClaw of the plan, one Job, and nothing that could cost more. */
export function quotaSpec(tenant: Tenant): ManifestOf<k8s.types.input.core.v1.ResourceQuota> {
  const plan = plans[tenant.plan];
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: objectNames.quota, namespace: namespaceName(tenant.id), labels: tenantLabels(tenant) },
    spec: {
      hard: {
        "requests.cpu": cpu(plan, 1),
        "requests.memory": memory(plan, 1),
        "limits.cpu": cpu(plan, limitFactor),
        "limits.memory": memory(plan, limitFactor),
        "requests.ephemeral-storage": mebibytes(2 * ephemeralStorageMiB.request),
        "limits.ephemeral-storage": mebibytes(2 * ephemeralStorageMiB.limit),
        "requests.storage": gibibytes(plan.diskGiB + backupAttempts * backupWorkGiB(plan)),
        persistentvolumeclaims: "5",
        pods: "3",
        services: "1",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
      },
    },
  };
}

function cpu(plan: Plan, factor: number): string {
  return millicores((plan.cpuCores * 1000 + jobAllowance.cpuMillis) * factor);
}

function memory(plan: Plan, factor: number): string {
  return mebibytes((plan.memoryMiB + jobAllowance.memoryMiB) * factor);
}
