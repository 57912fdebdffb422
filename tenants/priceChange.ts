import { roundedToFen } from "./listPrice.ts";
import { monthlyListPriceCny, type TenantPrices, tenantPrices } from "./prices.ts";
import type { Tenant } from "./schema.ts";

/** CNY a month at list price, to the fen; 0 on the side where there is nothing. */
export interface PriceChange {
  readonly beforeCny: number;
  readonly afterCny: number;
}

export interface TenantPriceChange extends PriceChange {
  readonly id: string;
  readonly cell: string;
}

export interface CellPriceChange extends PriceChange {
  readonly cell: string;
}

export interface PriceChanges {
  /** Every tenant of either list, by cell and id. One that moved to another cell is in it twice. */
  readonly tenants: readonly TenantPriceChange[];
  /** Every cell of either list, by name. */
  readonly cells: readonly CellPriceChange[];
  readonly total: PriceChange;
}

type PricedTenant = Pick<Tenant, "id" | "cell" | "plan" | "state">;

/**
 * The effect of a change of tenant files on the bill. Tenants whose price stays are listed as well, so that sums
 * can be checked against rows; the caller leaves out what it does not want to show.
 * @param pricesOf the prices of a cell's cloud; Alibaba's unless given
 */
export function priceChanges(
  before: readonly PricedTenant[],
  after: readonly PricedTenant[],
  pricesOf: (cell: string) => TenantPrices = () => tenantPrices.alibaba,
): PriceChanges {
  const priced = (tenants: readonly PricedTenant[]) =>
    new Map(tenants.map((tenant) => [keyOf(tenant), monthlyListPriceCny(tenant, pricesOf(tenant.cell))]));
  const [beforeCny, afterCny] = [priced(before), priced(after)];
  const either = new Map([...before, ...after].map((tenant) => [keyOf(tenant), tenant]));
  const tenants = [...either]
    .map(([key, { id, cell }]) => ({
      id,
      cell,
      beforeCny: beforeCny.get(key) ?? 0,
      afterCny: afterCny.get(key) ?? 0,
    }))
    .sort((one, other) => compared(one.cell, other.cell) || compared(one.id, other.id));
  const cells = [...Map.groupBy(tenants, ({ cell }) => cell)].map(([cell, members]) => ({
    cell,
    ...sum(members),
  }));
  return { tenants, cells, total: sum(tenants) };
}

/** Neither a cell's name nor an id has a slash. */
const keyOf = ({ cell, id }: PricedTenant): string => `${cell}/${id}`;

/** The order by code unit, which is the same on every machine. */
const compared = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

function sum(changes: readonly PriceChange[]): PriceChange {
  return {
    beforeCny: roundedToFen(changes.reduce((cny, { beforeCny }) => cny + beforeCny, 0)),
    afterCny: roundedToFen(changes.reduce((cny, { afterCny }) => cny + afterCny, 0)),
  };
}
