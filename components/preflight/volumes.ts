import { plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import type { ClusterReader, FoundClaim } from "../cluster/reader.ts";
import type { TenantRecord } from "./lastUpdate.ts";

/** Volumes that are there, and what a tenant's file and the settings ask of them. */

/**
 * The storage class of a tenant's claim: of one that is there its own, which can never be changed, so that another setting is
 * for new tenants; else that of the settings.
 *
 * @returns `undefined` for the cluster's default class
 */
export function storageClassOf(
  record: TenantRecord | undefined,
  claim: FoundClaim | undefined,
  setting: string | undefined,
): string | undefined {
  if (record?.storageClass !== undefined) {
    return record.storageClass === "" ? undefined : record.storageClass;
  }
  // A claim of the default class names it, and the manifest that made it did not.
  return setting === undefined ? undefined : (claim?.storageClass ?? setting);
}

/**
 * Why the claim of a tenant cannot become what its plan asks for: Kubernetes never shrinks a volume, and grows one only if
 * its class allows it.
 *
 * @returns lines to show; none if it can
 */
export async function resizingOf(
  { id, plan }: Pick<Tenant, "id" | "plan">,
  claim: FoundClaim | undefined,
  reader: ClusterReader,
): Promise<string[]> {
  const wanted = plans[plan].diskGiB * 1024 ** 3;
  if (claim?.storage === undefined || claim.storage === wanted) {
    return [];
  }
  const instead = `Make another tenant of that plan, and \`npm run restore -- --tenant ${id} --at latest --into NEWID\`.`;
  const sizes = `plan ${plan} has a volume of ${plans[plan].diskGiB} GiB, and the tenant's claim asks for ${claim.storage / 1024 ** 3} GiB`;
  if (claim.storage > wanted) {
    return [`${sizes}; Kubernetes never shrinks one. ${instead}`];
  }
  const { storageClass } = claim;
  const grows = storageClass === undefined ? undefined : await reader.storageClass(storageClass);
  return grows?.allowVolumeExpansion === true
    ? []
    : [
        `${sizes}; its class ${storageClass ?? "(none)"} ${grows === undefined ? "is not in the cluster" : "does not allow volumes to grow (allowVolumeExpansion)"}.`,
        `  ${instead}`,
      ];
}
