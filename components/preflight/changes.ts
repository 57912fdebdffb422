import { plans } from "../../tenants/plans.ts";
import type { Tenant } from "../../tenants/schema.ts";
import type { TenantRecord, TenantRecords } from "./lastUpdate.ts";

/** Changes of tenant files that no update can make, as far as the last update alone says it. */

/**
 * Ids of tenants whose files are gone and whose data is protected. The engine would delete a tenant's Deployment, route
 * and credentials first and come to the protected namespace last, so this is asked before any object is registered;
 * protection is what is left where an earlier update failed before it could save its outputs.
 */
export function removedTenants(records: TenantRecords, tenants: readonly Pick<Tenant, "id">[]): string[] {
  const present = new Set(tenants.map(({ id }) => id));
  return Object.keys(records).filter((id) => records[id]?.dataProtected === true && !present.has(id));
}

/** The remedy for a file that is gone. */
export function removalRemedy({ state, retainUntil }: TenantRecord): string {
  return state === "offboarded"
    ? `its data is kept until ${retainUntil}; put the file back, and delete it after the first update from that day on`
    : `the tenant is ${state}; put the file back, with state: offboarded and a retainUntil date if it is to leave`;
}

/** Tenants whose roots stand in the clear in the state: a program before 0.2 made them. */
export const tenantsWithOldRoots = (records: TenantRecords): string[] =>
  Object.keys(records).filter((id) => records[id]?.encryptedRoots !== true);

/**
 * Changes of a file that no update can make: a smaller volume, which the API server would refuse after half of the tenant
 * was changed, and an earlier keyEpoch, whose credentials have been ended.
 *
 * @returns why and what to do instead, a line each
 */
export function reversalsOf(
  record: TenantRecord | undefined,
  { id, plan, keyEpoch }: Pick<Tenant, "id" | "plan" | "keyEpoch">,
): string[] {
  const [{ diskGiB = 0, keyEpoch: lastEpoch = 0 }, wanted] = [record ?? {}, plans[plan].diskGiB];
  return [
    ...(wanted < diskGiB
      ? [
          `plan ${plan} has a volume of ${wanted} GiB, and the tenant's has ${diskGiB}; Kubernetes never shrinks one. ` +
            `Make another tenant of that plan, and \`npm run restore -- --tenant ${id} --at latest --into NEWID\``,
        ]
      : []),
    ...(keyEpoch < lastEpoch
      ? [`keyEpoch ${keyEpoch} has been; it was raised to ${lastEpoch}, and only goes up`]
      : []),
  ];
}
