import type { Tenant } from "./schema.ts";

/**
 * Whether the engine must refuse to delete the tenant's namespace and volume claim: always, but for an offboarded
 * tenant whose retention date has come. (Even then they leave the stack only; the cluster keeps them until someone
 * deletes them there.)
 *
 * @param today YYYY-MM-DD; dates of this form compare as text.
 */
export function isDataProtected(tenant: Pick<Tenant, "state" | "retainUntil">, today: string): boolean {
  return tenant.state !== "offboarded" || tenant.retainUntil === undefined || today < tenant.retainUntil;
}
