import {
  assumedMix,
  assumedUse,
  type PlanMix,
  type PlatformSize,
  platformSizes,
  tenantsPerCluster,
} from "./fleetAssumptions.ts";
import { type CloudProvider, type ListPrice, roundedToFen, unitCny } from "./listPrice.ts";
import { type PlanName, planNames, plans } from "./plans.ts";
import { type PlatformPrices, platformPrices } from "./platformPrices.ts";
import { diskCny, type TenantPrices } from "./prices.ts";
import { type Saving, savings, tenantComputeCny } from "./savings.ts";

/** The list price of a fleet, in CNY a month to the fen, without model use. */
export interface FleetCost {
  readonly clusters: number;
  readonly tenants: Readonly<Record<"compute" | "disk", number>>;
  readonly shared: Readonly<Record<SharedPart, number>>;
  readonly total: number;
  readonly perTenant: number;
}

export const sharedParts = [
  "controlPlane",
  "systemNodes",
  "spareNodes",
  "network",
  "loadBalancer",
  "database",
  "cache",
  "objectStore",
  "logs",
  "keys",
] as const;
export type SharedPart = (typeof sharedParts)[number];

export interface Fleet {
  /** All of them active. */
  readonly tenants: number;
  readonly provider: CloudProvider;
  readonly mix?: PlanMix;
  /** The way in which nodes are bought and requested; as listed unless given. */
  readonly saving?: Saving;
}

/** Whole tenants of each plan. */
export type PlanCounts = Readonly<Record<PlanName, number>>;

/** @throws RangeError for a number of tenants that is not a whole number from 1 */
export function fleetMonthlyCny({
  tenants,
  provider,
  mix = assumedMix,
  saving = savings[provider].asListed,
}: Fleet): FleetCost {
  const counts = tenantsByPlan(tenants, mix);
  const clusters = Math.ceil(tenants / tenantsPerCluster[provider]);
  const compute = fleetSum(counts, (plan) => tenantComputeCny(plan, saving));
  const disk = fleetSum(counts, (plan) => diskCny(plans[plan], saving.prices));
  const cpus = compute / unitCny(saving.prices.cpu);
  const shared = sharedCny({ tenants, clusters, cpus }, saving.prices, platformPrices[provider]);
  const total = roundedToFen(sharedParts.reduce((cny, part) => cny + shared[part], compute + disk));
  return { clusters, tenants: { compute, disk }, shared, total, perTenant: roundedToFen(total / tenants) };
}

/** CNY to the fen. */
const fleetSum = (counts: PlanCounts, cny: (plan: PlanName) => number): number =>
  roundedToFen(planNames.reduce((sum, plan) => sum + counts[plan] * cny(plan), 0));

/**
 * Whole tenants of each plan that come closest to the mix; what rounding leaves over goes to the largest remainders,
 * and to the smaller plan where they are equal.
 * @throws RangeError for a number of tenants that is not a whole number from 1
 */
export function tenantsByPlan(tenants: number, mix: PlanMix = assumedMix): PlanCounts {
  if (!Number.isInteger(tenants) || tenants < 1) {
    throw new RangeError(`a fleet of ${tenants} tenants: must be a whole number from 1`);
  }
  const parts = planNames.reduce((sum, plan) => sum + mix[plan], 0);
  const share = (plan: PlanName) => (tenants * mix[plan]) / parts;
  const whole = planNames.reduce((sum, plan) => sum + Math.floor(share(plan)), 0);
  const roundedUp = planNames
    .toSorted((one, other) => (share(other) % 1) - (share(one) % 1))
    .slice(0, tenants - whole);
  const count = (plan: PlanName) => Math.floor(share(plan)) + Number(roundedUp.includes(plan));
  return { basic: count("basic"), pro: count("pro"), enterprise: count("enterprise") };
}

/**
 * Users of a fleet when each tenant fills that part of its plan's seats, to the nearest whole one and at least one.
 * @param seatUse 0 for one user a tenant, 1 for every seat taken
 */
export function fleetUsers(tenants: number, seatUse: number, mix: PlanMix = assumedMix): number {
  const counts = tenantsByPlan(tenants, mix);
  return planNames.reduce((users, plan) => users + counts[plan] * usersOf(plans[plan].seats, seatUse), 0);
}

/** Users of one tenant with so many seats. */
export const usersOf = (seats: number, seatUse: number): number => Math.max(1, Math.round(seats * seatUse));

interface Extent {
  readonly tenants: number;
  readonly clusters: number;
  /** vCPU that tenants pay for. */
  readonly cpus: number;
}

function sharedCny(
  { tenants, clusters, cpus }: Extent,
  nodes: TenantPrices,
  platform: PlatformPrices,
): FleetCost["shared"] {
  const use = assumedUse;
  const size = platformSize(Math.ceil(tenants / clusters));
  const cny = (price: ListPrice | undefined) => (price === undefined ? 0 : unitCny(price));
  const nodeDisk = use.nodeDiskGiB * unitCny(nodes.diskGiB);
  const paidCpus = cpus / use.nodeFill;
  const parts = {
    controlPlane: clusters * cny(platform.cluster),
    systemNodes: clusters * (size.systemCpus * cny(nodes.cpu) + use.systemNodesPerCluster * nodeDisk),
    spareNodes: (paidCpus - cpus) * cny(nodes.cpu) + Math.ceil(paidCpus / use.cpusPerTenantNode) * nodeDisk,
    network:
      clusters *
        (use.natGatewaysPerCluster * cny(platform.natGateway) +
          use.addressesPerCluster * cny(platform.address)) +
      tenants * (use.natGB * cny(platform.natTraffic) + use.internetGB * cny(platform.internetTraffic)),
    loadBalancer:
      clusters *
      use.loadBalancersPerCluster *
      (cny(platform.loadBalancer) + cny(platform.loadBalancerCapacity)),
    database:
      clusters *
      (size.databaseMemoryGiB * cny(platform.databaseMemoryGiB) +
        size.databaseDiskGB * cny(platform.databaseDiskGB)),
    cache: clusters * size.cacheMemoryGiB * cny(platform.cacheMemoryGiB),
    objectStore: tenants * use.objectStoreGB * cny(platform.objectStoreGB),
    logs: tenants * use.logsGB * cny(platform.logsGB),
    keys: cny(platform.keyService) + clusters * use.keysPerCluster * cny(platform.key),
  } satisfies Record<SharedPart, number>;
  return { ...parts, ...Object.fromEntries(sharedParts.map((part) => [part, roundedToFen(parts[part])])) };
}

/** @throws RangeError for more tenants in one cluster than any size is stated for */
function platformSize(tenants: number): PlatformSize {
  const size = platformSizes.find(({ upToTenants }) => tenants <= upToTenants);
  if (size === undefined) {
    throw new RangeError(`no platform size is stated for ${tenants} tenants in one cluster`);
  }
  return size;
}
