import { UserError } from "../../lib/terminal/errors.ts";
import { TenantFilesError } from "../../tenants/problems.ts";

/**
 * Does something with tenant files or settings.
 *
 * @throws UserError with the report if a file is wrong
 */
export function orReport<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TenantFilesError ? new UserError(error.message) : error;
  }
}
