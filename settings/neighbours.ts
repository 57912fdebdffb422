import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { repository } from "../lib/system/paths.ts";
import type { DomainOf } from "../tenants/fleetRules.ts";
import { TenantFilesError } from "../tenants/problems.ts";
import { tenantsFolders } from "./folders.ts";
import { type FleetStack, readStack, stackNames, stackOfCell } from "./stacks.ts";

/**
 * The neighbours that a stack's tenants are compared with when they are loaded: the tenants of the other stacks, and
 * the domains. Settings of another stack that cannot be read say nothing: they stop that stack, not this one.
 *
 * @param tenants absolute path of the folder of the stack's tenants; one that the stack's committed settings do not name
 *   has only the neighbours that lie beside it
 * @param ownDomain the stack's, where more is known of it than its committed settings say
 * @param folder the repository
 */
export function neighbourhood(
  stack: string,
  tenants: string,
  {
    ownDomain,
    folder = repository,
  }: { readonly ownDomain?: string | undefined; readonly folder?: string } = {},
): { readonly domain: DomainOf; readonly neighbours: readonly string[] } {
  const fleet = stackNames(folder).flatMap((name) => readableStack(name, folder));
  const own = fleet.find((each) => each.stack === stack);
  const isCommitted = own !== undefined && join(folder, own.tenantsFolder) === tenants;
  return {
    domain: (cell) =>
      cell === basename(tenants) ? (ownDomain ?? own?.domain) : stackOfCell(fleet, cell)?.domain,
    neighbours: isCommitted ? tenantsFolders(fleet, folder).filter((path) => existsSync(path)) : [],
  };
}

function readableStack(name: string, folder: string): FleetStack[] {
  try {
    return [readStack(name, folder) ?? []].flat();
  } catch (error) {
    if (!(error instanceof TenantFilesError)) {
      throw error;
    }
    return [];
  }
}
