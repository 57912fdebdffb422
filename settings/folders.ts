import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../lib/system/paths.ts";
import type { FleetStack } from "./stacks.ts";

/** The folder of cells' folders unless a stack's settings say otherwise; relative to the repository. */
export const tenantsRoot = "tenants";

/**
 * Absolute paths of the folders with the tenants of the whole fleet: tenants/, and each folder of a stack that is not
 * in it. A cell's is among them even if it does not exist, for somebody to complain.
 */
export function tenantsFolders(fleet: readonly FleetStack[], folder: string = repository): string[] {
  const others = fleet.filter(({ role, tenantsFolder: own }) => {
    const exists = existsSync(join(folder, own));
    return exists ? dirname(own) !== tenantsRoot : role === "cell";
  });
  return [tenantsRoot, ...new Set(others.map(({ tenantsFolder: own }) => own))].map((path) =>
    join(folder, path),
  );
}
