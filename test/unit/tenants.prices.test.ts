import { describe, expect, test } from "vitest";
import { cnyPerUsd, type ListPrice, unitCny } from "../../tenants/listPrice.ts";
import { cellMonthlyListPriceCny, monthlyListPriceCny, tenantPrices } from "../../tenants/prices.ts";

const cases = [
  // 1 vCPU × 263 + 10 GiB × 0.5; at Tencent 1 × 108 + 10 × 0.5
  ["basic", "active", 268, 113],
  // 2 vCPU × 263 + 50 GiB × 0.5; 2 × 108 + 50 × 0.5
  ["pro", "active", 551, 241],
  // 4 vCPU × 263 + 200 GiB × 0.5; 4 × 108 + 200 × 0.5
  ["enterprise", "active", 1152, 532],
  ["basic", "suspended", 5, 5],
  ["pro", "suspended", 25, 25],
  ["enterprise", "offboarded", 100, 100],
] as const;

describe("the monthly list price", () => {
  test.each(cases)("of a tenant of plan %s that is %s is CNY %d", (plan, state, price) => {
    expect(monthlyListPriceCny({ plan, state })).toBe(price);
  });

  test.each(cases)(
    "of a tenant of plan %s that is %s is not %d but CNY %d at Tencent",
    (plan, state, _, price) => {
      expect(monthlyListPriceCny({ plan, state }, tenantPrices.tencent)).toBe(price);
    },
  );

  test("follows the memory where that is the greater share of a node", () => {
    // 1 GiB of 0.5 GiB a vCPU is 2 vCPU: 2 × 263 + 10 × 0.5
    const smallNodes = { ...tenantPrices.alibaba, memoryGiBPerCpu: 0.5 };
    expect(monthlyListPriceCny({ plan: "basic", state: "active" }, smallNodes)).toBe(531);
  });

  const cell = [
    { plan: "pro", state: "active" },
    { plan: "basic", state: "active" },
    { plan: "enterprise", state: "active" },
    { plan: "basic", state: "suspended" },
  ] as const;

  test("of a cell is its tenants' sum", () => {
    expect(cellMonthlyListPriceCny(cell)).toBe(1976);
    // 241 + 113 + 532 + 5
    expect(cellMonthlyListPriceCny(cell, tenantPrices.tencent)).toBe(891);
  });

  test("of an empty cell is nothing", () => {
    expect(cellMonthlyListPriceCny([])).toBe(0);
  });
});

describe("a list price", () => {
  const price = (amount: number, currency: ListPrice["currency"], per: ListPrice["per"]): ListPrice => ({
    product: "x",
    amount,
    currency,
    per,
    source: "https://prices.example",
    grade: "official",
  });

  test.each([
    // 0.64 × 730
    [price(0.64, "CNY", "hour"), 467.2],
    // 2.4 × 730 ÷ 24
    [price(2.4, "CNY", "day"), 73],
    [price(90, "CNY", "month"), 90],
    [price(0.8, "CNY", "GB"), 0.8],
    // 0.02 × 7.1 × 730
    [price(0.02, "USD", "hour"), 103.66],
  ])("%o is CNY %d a month or GB", (listed, cny) => {
    expect(unitCny(listed)).toBeCloseTo(cny, 10);
  });

  test("of a USD page is taken at the ratio of Alibaba's own lists, to a tenth", () => {
    expect(cnyPerUsd).toBeCloseTo(0.64 / 0.09, 1);
  });
});
