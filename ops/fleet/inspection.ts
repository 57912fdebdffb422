import { repository } from "../../lib/system/paths.ts";
import { tenantsFolders } from "../../settings/folders.ts";
import { type FleetStack, readFleet, stackOfCell } from "../../settings/stacks.ts";
import { assertCellSize, defaultMaxTenants } from "../../tenants/cellSize.ts";
import { type Inspection, inspectTenants, type Problem, TenantFilesError } from "../../tenants/load.ts";
import type { Tenant } from "../../tenants/schema.ts";

export interface FleetInspection extends Inspection {
  readonly fleet: readonly FleetStack[];
  /** Whether settings and folders could be read at all; if not there are no tenants here, whatever the files say. */
  readonly isRead: boolean;
}

/**
 * The tenants of the whole fleet, each cell checked as its stack will check it, and every problem on the way.
 *
 * @param folder the repository, or a copy of its YAML files
 * @param tenants one cell's folder or a folder of cells, instead of all that the stacks have
 */
export function inspectFleet({
  folder = repository,
  tenants: dir,
}: {
  readonly folder?: string;
  readonly tenants?: string | undefined;
} = {}): FleetInspection {
  let fleet: readonly FleetStack[] = [];
  try {
    fleet = readFleet(folder);
    const domain = (cell: string) => stackOfCell(fleet, cell)?.domain;
    const { tenants, problems } = inspectTenants(dir ?? tenantsFolders(fleet, folder), { domain });
    const isWrong = problems.length > 0;
    return { fleet, isRead: true, tenants, problems: isWrong ? problems : sizeProblems(fleet, tenants) };
  } catch (error) {
    if (!(error instanceof TenantFilesError)) {
      throw error;
    }
    return { fleet, isRead: false, tenants: [], problems: error.problems };
  }
}

/** Every cell that is larger than its settings allow. */
function sizeProblems(fleet: readonly FleetStack[], tenants: readonly Tenant[]): readonly Problem[] {
  return [...Map.groupBy(tenants, ({ cell }) => cell)].flatMap(([cell, members]) =>
    problemsOf(() => assertCellSize(members, stackOfCell(fleet, cell)?.maxTenants ?? defaultMaxTenants)),
  );
}

function problemsOf(assertion: () => void): readonly Problem[] {
  try {
    assertion();
    return [];
  } catch (error) {
    if (error instanceof TenantFilesError) {
      return error.problems;
    }
    throw error;
  }
}
