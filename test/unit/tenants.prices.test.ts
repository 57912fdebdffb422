import { describe, expect, test } from "vitest";
import { cellMonthlyListPriceCny, monthlyListPriceCny } from "../../tenants/prices.ts";

describe("the monthly list price", () => {
  test.each([
    // 1 vCPU × 263 + 10 GiB × 0.5
    ["basic", "active", 268],
    // 2 vCPU × 263 + 50 GiB × 0.5
    ["pro", "active", 551],
    // 4 vCPU × 263 + 200 GiB × 0.5
    ["enterprise", "active", 1152],
    ["basic", "suspended", 5],
    ["pro", "suspended", 25],
    ["enterprise", "offboarded", 100],
  ] as const)("of a tenant of plan %s that is %s is CNY %d", (plan, state, price) => {
    expect(monthlyListPriceCny({ plan, state })).toBe(price);
  });

  test("of a cell is its tenants' sum", () => {
    const cell = [
      { plan: "pro", state: "active" },
      { plan: "basic", state: "active" },
      { plan: "enterprise", state: "active" },
      { plan: "basic", state: "suspended" },
    ] as const;
    expect(cellMonthlyListPriceCny(cell)).toBe(1976);
  });

  test("of an empty cell is nothing", () => {
    expect(cellMonthlyListPriceCny([])).toBe(0);
  });
});
