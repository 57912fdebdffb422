import { counted } from "../lib/text.ts";
import { TenantFilesError, wholeFile } from "./problems.ts";
import type { Tenant } from "./schema.ts";

/** The most tenants a cell holds unless its stack's `openclaw:maxTenants` says otherwise. */
export const defaultMaxTenants = 25;

/**
 * Refuses cells that have grown too large. Every tenant counts, whatever its state: what it still owns is looked
 * at by each update.
 * @throws TenantFilesError that names the reason and the way out.
 */
export function assertCellSize(tenants: readonly Tenant[], maxTenants: number): void {
  const cells = Map.groupBy(tenants, ({ cell }) => cell);
  const problems = [...cells].flatMap(([cell, { length }]) =>
    length <= maxTenants
      ? []
      : [
          {
            file: `tenants/${cell}`,
            ...wholeFile(
              `${counted(length, "tenant")} in the cell "${cell}"`,
              `at most ${maxTenants} (openclaw:maxTenants): every update looks at every resource of the cell, at ` +
                "about 12 ms each, and a mistake reaches every tenant of it. " +
                "Open a new cell: a folder tenants/<cell> and its settings Pulumi.<cell>.yaml",
            ),
          },
        ],
  );
  if (problems.length > 0) {
    throw new TenantFilesError(problems);
  }
}
