import { type CloudProvider, type ListPrice, roundedToFen, unitCny } from "./listPrice.ts";
import { type Plan, plans } from "./plans.ts";
import type { Tenant } from "./schema.ts";

/** A provider's list prices of nodes and disks. */
export interface TenantPrices {
  /** One vCPU of a node with its share of the memory. */
  readonly cpu: ListPrice;
  /** GiB of memory that the node family has for each vCPU. */
  readonly memoryGiBPerCpu: number;
  /** One GiB of a data volume. */
  readonly diskGiB: ListPrice;
}

/**
 * List prices in mainland regions, so that a pull request shows an order of magnitude. None was confirmed with an
 * account: replace them by the operator's contract prices before billing anyone by them.
 *
 * The two are no comparison of the clouds: Alibaba's node is pay as you go, Tencent's a monthly subscription, because
 * no page with Tencent's pay-as-you-go figures was found. Model use is metered and billed apart; what tenants share
 * (database, edge, control plane) is in fleetCost.ts and not spread over tenants here.
 */
export const tenantPrices: Readonly<Record<CloudProvider, TenantPrices>> = {
  alibaba: {
    cpu: {
      product: "ECS g8i, pay as you go",
      amount: 263,
      currency: "CNY",
      per: "month",
      source: "https://www.67wa.com/84534.html",
      grade: "quoted",
      arithmetic: "ecs.g8i.2xlarge, 8 vCPU: 2.88 × 730 ÷ 8 = 262.8",
    },
    memoryGiBPerCpu: 4,
    diskGiB: {
      product: "ESSD PL0",
      amount: 0.5,
      currency: "CNY",
      per: "month",
      source: "`aliyun ecs DescribePrice`, cn-shenzhen, 2026-10-09",
      grade: "quoted",
      arithmetic: "c9i, 40 GiB: (2 × 391.82 − 763.64) ÷ 40",
    },
  },
  tencent: {
    cpu: {
      product: "CVM S5, monthly",
      amount: 108,
      currency: "CNY",
      per: "month",
      source: "https://buy.cloud.tencent.com/price/cvm/overview",
      grade: "quoted",
      arithmetic: "S5.LARGE16, 4 vCPU: 432.22 ÷ 4 = 108.06",
    },
    memoryGiBPerCpu: 4,
    diskGiB: {
      product: "CBS CLOUD_BSSD",
      amount: 0.5,
      currency: "CNY",
      per: "month",
      source: "`tccli cvm InquiryPriceRunInstances`, ap-guangzhou, 2026-10-09",
      grade: "quoted",
      arithmetic: "SA9, 50 GB: (2 × 287.40 − 549.80) ÷ 50",
    },
  },
};

/** The provider whose list prices apply to a kind of cluster; Alibaba Cloud where it is on neither cloud. */
export const pricesOnCluster = (clusterKind: string | undefined): TenantPrices =>
  tenantPrices[clusterKind === "tke" ? "tencent" : "alibaba"];

/** The container's requests. */
export type ComputeRequest = Pick<Plan, "cpuCores" | "memoryMiB">;

/**
 * CNY a month, to the fen. A running instance pays for its dominant share of a node (the greater of its share of
 * the CPU and of the memory) and for its disk; a suspended or offboarded one for its disk alone.
 */
export function monthlyListPriceCny(
  { plan, state }: Pick<Tenant, "plan" | "state">,
  prices: TenantPrices = tenantPrices.alibaba,
): number {
  return roundedToFen(
    (state === "active" ? computeCny(plans[plan], prices) : 0) + diskCny(plans[plan], prices),
  );
}

/** CNY a month for all tenants of a cell, to the fen. */
export function cellMonthlyListPriceCny(
  tenants: readonly Pick<Tenant, "plan" | "state">[],
  prices: TenantPrices = tenantPrices.alibaba,
): number {
  return roundedToFen(tenants.reduce((sum, tenant) => sum + monthlyListPriceCny(tenant, prices), 0));
}

/** CNY a month for the dominant share of a node. Not rounded. */
export function computeCny({ cpuCores, memoryMiB }: ComputeRequest, prices: TenantPrices): number {
  return Math.max(cpuCores, memoryMiB / 1024 / prices.memoryGiBPerCpu) * unitCny(prices.cpu);
}

/** CNY a month for the data volume. Not rounded. */
export function diskCny({ diskGiB }: Pick<Plan, "diskGiB">, prices: TenantPrices): number {
  return diskGiB * unitCny(prices.diskGiB);
}
