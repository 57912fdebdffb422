import type * as k8s from "@pulumi/kubernetes";
import { limitFactor, plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { backupWorkGiB, ephemeralStorageMiB, jobAllowance } from "../instance/allowances.ts";
import type { ManifestOf } from "../kubernetesObject.ts";
import { tenantLabels } from "../labels.ts";
import { namespaceName, objectNames } from "../names.ts";
import { cores, gibibytes, mebibytes, millicores } from "../quantities.ts";

/** The LimitRange: defaults of a container that sets no resources (a Job's share), and the maximum of any (the plan's). */
export function limitRangeSpec(tenant: Tenant): ManifestOf<k8s.types.input.core.v1.LimitRange> {
  const plan = plans[tenant.plan];
  const job = (factor: number) => ({
    cpu: millicores(jobAllowance.cpuMillis * factor),
    memory: mebibytes(jobAllowance.memoryMiB * factor),
  });
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: {
      name: objectNames.limitRange,
      namespace: namespaceName(tenant.id),
      labels: tenantLabels(tenant),
    },
    spec: {
      limits: [
        {
          type: "Container",
          defaultRequest: { ...job(1), "ephemeral-storage": mebibytes(ephemeralStorageMiB.request) },
          default: { ...job(limitFactor), "ephemeral-storage": mebibytes(ephemeralStorageMiB.limit) },
          max: {
            cpu: cores(plan.cpuCores * limitFactor),
            memory: mebibytes(plan.memoryMiB * limitFactor),
            "ephemeral-storage": mebibytes(ephemeralStorageMiB.limit),
          },
        },
        { type: "PersistentVolumeClaim", max: { storage: gibibytes(backupWorkGiB(plan)) } },
      ],
    },
  };
}
