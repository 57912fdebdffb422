import { type CloudProvider, type ListPrice, roundedToFen } from "./listPrice.ts";
import { type PlanName, plans } from "./plans.ts";
import { computeCny, diskCny, type TenantPrices, tenantPrices } from "./prices.ts";

/** A way to run the same tenants for less than the list says. */
export interface Saving {
  readonly prices: TenantPrices;
  /** CPU requested, as a part of what the plan says; memory and limits stay. */
  readonly cpuPart: number;
}

export const savingNames = ["asListed", "oneYear", "computeNodes", "halfCpu", "allOfThem"] as const;
export type SavingName = (typeof savingNames)[number];

/** Monthly subscriptions of node families with 2 GiB for each vCPU instead of 4: a tenant requests 1 GiB. */
const computeNodes: Readonly<Record<CloudProvider, TenantPrices>> = {
  alibaba: {
    ...tenantPrices.alibaba,
    cpu: {
      product: "ECS c9i, monthly",
      amount: 92.96,
      currency: "CNY",
      per: "month",
      source: "`aliyun ecs DescribePrice`, cn-shenzhen, 2026-10-09",
      grade: "quoted",
      arithmetic: "8 − 4 vCPU: (763.64 − 391.82) ÷ 4",
    },
    memoryGiBPerCpu: 2,
  },
  tencent: {
    ...tenantPrices.tencent,
    cpu: {
      product: "CVM SA9, monthly",
      amount: 65.6,
      currency: "CNY",
      per: "month",
      source: "`tccli cvm InquiryPriceRunInstances`, ap-guangzhou, 2026-10-09",
      grade: "quoted",
      arithmetic: "8 − 4 vCPU: (549.80 − 287.40) ÷ 4",
    },
    memoryGiBPerCpu: 2,
  },
};

/**
 * The share of a node's price that a year paid in advance costs, by what that price is. Third parties agree on the order
 * of magnitude only: 0.65 of pay as you go (https://blog.zouaw.com/article/124349.html), 0.85 of the monthly price.
 */
const oneYearPart = { payAsYouGo: 0.65, monthly: 0.85 } as const;

export const savings: Readonly<Record<CloudProvider, Readonly<Record<SavingName, Saving>>>> = {
  alibaba: savingsOf("alibaba", oneYearPart.payAsYouGo),
  tencent: savingsOf("tencent", oneYearPart.monthly),
};

/** Node prices of the savings that are not in prices.ts, for the table of sources. */
export const savingNodePrices: Readonly<Record<CloudProvider, ListPrice>> = {
  alibaba: computeNodes.alibaba.cpu,
  tencent: computeNodes.tencent.cpu,
};

/** CNY a month of a running tenant, to the fen. */
export function tenantMonthlyCny(plan: PlanName, saving: Saving): number {
  return roundedToFen(tenantComputeCny(plan, saving) + diskCny(plans[plan], saving.prices));
}

/** CNY a month of a running tenant's share of a node. Not rounded. */
export function tenantComputeCny(plan: PlanName, { prices, cpuPart }: Saving): number {
  const { cpuCores, memoryMiB } = plans[plan];
  return computeCny({ cpuCores: cpuCores * cpuPart, memoryMiB }, prices);
}

function savingsOf(provider: CloudProvider, listedOneYearPart: number): Record<SavingName, Saving> {
  const listed = tenantPrices[provider];
  return {
    asListed: { prices: listed, cpuPart: 1 },
    oneYear: { prices: paidForAYear(listed, listedOneYearPart), cpuPart: 1 },
    computeNodes: { prices: computeNodes[provider], cpuPart: 1 },
    halfCpu: { prices: listed, cpuPart: 0.5 },
    allOfThem: { prices: paidForAYear(computeNodes[provider], oneYearPart.monthly), cpuPart: 0.5 },
  };
}

function paidForAYear(prices: TenantPrices, part: number): TenantPrices {
  return { ...prices, cpu: { ...prices.cpu, amount: prices.cpu.amount * part } };
}
