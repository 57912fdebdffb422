import { UsageError } from "../../lib/terminal/errors.ts";
import { idFault } from "../../tenants/ids.ts";

/** Option of the commands that work on one tenant. */
export const tenantOption = { tenant: { type: "string" } } as const;

/** @throws UsageError if there is none, or it is no tenant's id */
export function tenantIdOf(id: string | undefined, option = "--tenant"): string {
  if (id === undefined) {
    throw new UsageError(`${option} ID is required`);
  }
  const fault = idFault(id);
  if (fault !== undefined) {
    throw new UsageError(`${option} ${id}: must be ${fault.expected}`);
  }
  return id;
}
