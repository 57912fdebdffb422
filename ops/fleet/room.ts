import { basename } from "node:path";
import type { FleetStack } from "../../settings/stacks.ts";
import { cellMonthlyListPriceCny, pricesOnCluster } from "../../tenants/prices.ts";
import type { Tenant } from "../../tenants/schema.ts";
import { clusterCapacity } from "./limits.ts";

/** The tenants of a cell, and the most it may have. */
export interface CellRoom {
  readonly cell: string;
  readonly platform: string;
  /** Tenants of every state: an update asks about each that its state still has. */
  readonly tenants: number;
  readonly maxTenants: number;
  /** Never below 0. */
  readonly free: number;
  /** List price. */
  readonly monthlyCny: number;
  readonly canary: boolean;
  /** Nobody has set it up yet. */
  readonly isPlaceholder: boolean;
}

/** A platform with its cells: a cluster. */
export interface ClusterRoom {
  readonly platform: string;
  readonly clusterKind: string | undefined;
  readonly cells: number;
  readonly tenants: number;
  readonly maxTenants: number;
}

/**
 * The cells of the fleet, by platform and name.
 *
 * @param hasFolder an owner without a folder of tenant files is a platform alone, and no cell
 */
export function cellRooms(
  fleet: readonly FleetStack[],
  tenants: readonly Tenant[],
  hasFolder: (stack: FleetStack) => boolean,
): CellRoom[] {
  return fleet
    .filter((stack) => stack.role === "cell" || hasFolder(stack))
    .map((stack) => {
      const members = tenants.filter(({ cell }) => cell === basename(stack.tenantsFolder));
      return {
        cell: stack.stack,
        platform: stack.platform,
        tenants: members.length,
        maxTenants: stack.maxTenants,
        free: Math.max(0, stack.maxTenants - members.length),
        monthlyCny: cellMonthlyListPriceCny(members, pricesOnCluster(stack.clusterKind)),
        canary: stack.canary,
        isPlaceholder: stack.isPlaceholder,
      };
    })
    .sort((a, b) => (a.platform === b.platform ? compare(a.cell, b.cell) : compare(a.platform, b.platform)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

/** The clusters of these cells, in their order. */
export function clusterRooms(cells: readonly CellRoom[], fleet: readonly FleetStack[]): ClusterRoom[] {
  return [...Map.groupBy(cells, ({ platform }) => platform)].map(([platform, members]) => ({
    platform,
    clusterKind: fleet.find((stack) => stack.platform === platform && stack.clusterKind)?.clusterKind,
    cells: members.length,
    tenants: sum(members, ({ tenants }) => tenants),
    maxTenants: sum(members, ({ maxTenants }) => maxTenants),
  }));
}

const sum = <Row>(rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((total, row) => total + of(row), 0);

/**
 * Where the next tenant should go: the cell with the most room, so that all stay small and their updates quick. A
 * canary meets every change first, so customers go there only if no other cell has room. A cell that nobody has set
 * up, and one whose cluster is full, is out of the question.
 *
 * @returns undefined when a new cell is needed
 */
export function nextCell(cells: readonly CellRoom[], clusters: readonly ClusterRoom[]): CellRoom | undefined {
  const full = new Set(
    clusters
      .filter(({ tenants, clusterKind }) => tenants >= clusterCapacity(clusterKind))
      .map(({ platform }) => platform),
  );
  const [best] = cells
    .filter(({ free, isPlaceholder, platform }) => free > 0 && !isPlaceholder && !full.has(platform))
    .sort((a, b) => Number(a.canary) - Number(b.canary) || b.free - a.free);
  return best;
}
