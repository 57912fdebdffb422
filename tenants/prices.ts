import { type PlanName, plans } from "./plans.ts";
import type { Tenant } from "./schema.ts";

/**
 * What an instance costs before any discount, so that a pull request shows an order of magnitude. The figures are
 * Alibaba Cloud list prices gathered on 2026-11-20 from secondary sources (shared/facts/clouds.md calls them
 * weakly sourced): replace them by the operator's contract prices before billing anyone by them.
 *
 * Model use is metered and billed apart; shared parts (database, edge, control plane) are not spread over tenants.
 */
export const listPrices = {
  currency: "CNY",
  gatheredOn: "2026-11-20",
  /** A month of one vCPU with 4 GiB of memory, ECS g8i (general purpose), pay as you go. */
  cpuWith4GiBMonth: 263,
  /** A month of one GiB of ESSD PL0 disk; sources say 0.5 to 0.57. */
  diskGiBMonth: 0.5,
} as const;

/** GiB of memory that the node family has for each vCPU. */
const memoryGiBPerCpu = 4;

/**
 * CNY a month, to the fen. A running instance pays for its dominant share of a node (the greater of its share of
 * the CPU and of the memory) and for its disk; a suspended or offboarded one for its disk alone.
 */
export function monthlyListPriceCny({ plan, state }: Pick<Tenant, "plan" | "state">): number {
  return roundedToFen((state === "active" ? computePriceCny(plan) : 0) + diskPriceCny(plan));
}

/** CNY a month for all tenants of a cell, to the fen. */
export function cellMonthlyListPriceCny(tenants: readonly Pick<Tenant, "plan" | "state">[]): number {
  return roundedToFen(tenants.reduce((sum, tenant) => sum + monthlyListPriceCny(tenant), 0));
}

function computePriceCny(plan: PlanName): number {
  const { cpuCores, memoryMiB } = plans[plan];
  return Math.max(cpuCores, memoryMiB / 1024 / memoryGiBPerCpu) * listPrices.cpuWith4GiBMonth;
}

const diskPriceCny = (plan: PlanName): number => plans[plan].diskGiB * listPrices.diskGiBMonth;

const roundedToFen = (cny: number): number => Math.round(cny * 100) / 100;
