/** A price as its source prints it, so that anyone can look it up and compare. */
export interface ListPrice {
  /** Product and variant, spelt as the provider spells them. */
  readonly product: string;
  readonly amount: number;
  readonly currency: "CNY" | "USD";
  readonly per: keyof typeof timesAMonth;
  /** URL of the page, or the command of the provider's price API that a third party ran and published. */
  readonly source: string;
  readonly grade: PriceGrade;
  /** The calculation of the amount from the printed figures, where it is not one of them. */
  readonly arithmetic?: string;
}

/**
 * How much to trust a price: `official` is printed on a page of the provider's own; `quoted` was published by a third
 * party from the provider's price API or price page; `weak` is an old or an indirect figure, or one without a page.
 */
export type PriceGrade = "official" | "quoted" | "weak";

export const cloudProviders = ["alibaba", "tencent"] as const;
export type CloudProvider = (typeof cloudProviders)[number];

/** The day the list prices were looked up, in stored copies of the pages: the pages themselves may be newer. */
export const pricesGatheredOn = "2026-11-21";

/**
 * CNY for a USD of an international price page. Alibaba prints CNY 0.64 and USD 0.09 for the same hour of
 * an ACK Pro cluster, which is 7.11; the market paid about 6.7 in October 2026, so this errs to the dear side.
 */
export const cnyPerUsd = 7.1;

const hoursPerMonth = 730;

const timesAMonth = { hour: hoursPerMonth, day: hoursPerMonth / 24, month: 1, GB: 1 } as const;

/** CNY for a month of one unit or, where the price is per GB, for one GB. Not rounded. */
export function unitCny({ amount, currency, per }: ListPrice): number {
  return amount * (currency === "USD" ? cnyPerUsd : 1) * timesAMonth[per];
}

export const roundedToFen = (cny: number): number => Math.round(cny * 100) / 100;
