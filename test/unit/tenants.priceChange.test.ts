import { describe, expect, test } from "vitest";
import { priceChanges } from "../../tenants/priceChange.ts";
import { tenantPrices } from "../../tenants/prices.ts";
import type { Tenant } from "../../tenants/schema.ts";

type PricedTenant = Pick<Tenant, "id" | "cell" | "plan" | "state">;

const tenant = (id: string, overrides: Partial<PricedTenant> = {}): PricedTenant => ({
  id,
  cell: "one",
  plan: "basic",
  state: "active",
  ...overrides,
});

describe("a price change", () => {
  test("of a new tenant is from nothing", () => {
    const { tenants, total } = priceChanges([], [tenant("acme")]);
    expect(tenants).toEqual([{ id: "acme", cell: "one", beforeCny: 0, afterCny: 268 }]);
    expect(total).toEqual({ beforeCny: 0, afterCny: 268 });
  });

  test("of a removed tenant is to nothing", () => {
    const removed = tenant("acme", { state: "offboarded" });
    expect(priceChanges([removed], []).tenants).toEqual([
      { id: "acme", cell: "one", beforeCny: 5, afterCny: 0 },
    ]);
  });

  test.each([
    ["a larger plan", { plan: "pro" }, 551],
    ["suspension", { state: "suspended" }, 5],
    ["offboarding", { state: "offboarded" }, 5],
  ] as const)("of %s leaves the disk of the state and the node of the plan", (_, overrides, afterCny) => {
    const { tenants } = priceChanges([tenant("acme")], [tenant("acme", overrides)]);
    expect(tenants).toEqual([{ id: "acme", cell: "one", beforeCny: 268, afterCny }]);
  });

  test("lists tenants whose price stays, so that rows add up to the sums", () => {
    const before = [tenant("acme"), tenant("bluebird", { plan: "pro" })];
    const after = [tenant("acme"), tenant("bluebird", { plan: "enterprise" })];
    const { tenants, cells } = priceChanges(before, after);
    expect(tenants.map(({ id }) => id)).toEqual(["acme", "bluebird"]);
    // 268 + 551; 268 + 1152
    expect(cells).toEqual([{ cell: "one", beforeCny: 819, afterCny: 1420 }]);
  });

  test("sums each cell and all of them, in the order of names", () => {
    const before = [tenant("zebra"), tenant("acme", { cell: "two", plan: "pro" })];
    const after = [...before, tenant("Bee"), tenant("bee", { cell: "two", plan: "enterprise" })];
    const { tenants, cells, total } = priceChanges(before, after);
    expect(tenants.map(({ cell, id }) => `${cell}/${id}`)).toEqual([
      "one/Bee",
      "one/zebra",
      "two/acme",
      "two/bee",
    ]);
    expect(cells).toEqual([
      // 268; 268 + 268
      { cell: "one", beforeCny: 268, afterCny: 536 },
      // 551; 551 + 1152
      { cell: "two", beforeCny: 551, afterCny: 1703 },
    ]);
    // 268 + 551; 536 + 1703
    expect(total).toEqual({ beforeCny: 819, afterCny: 2239 });
  });

  test("of a tenant that moves is a loss of one cell and a gain of the other, at each cell's own cloud", () => {
    const pricesOf = (cell: string) => tenantPrices[cell === "tke" ? "tencent" : "alibaba"];
    const { tenants, total } = priceChanges([tenant("acme")], [tenant("acme", { cell: "tke" })], pricesOf);
    expect(tenants).toEqual([
      { id: "acme", cell: "one", beforeCny: 268, afterCny: 0 },
      { id: "acme", cell: "tke", beforeCny: 0, afterCny: 113 },
    ]);
    expect(total).toEqual({ beforeCny: 268, afterCny: 113 });
  });

  test("of nothing is nothing", () => {
    expect(priceChanges([], [])).toEqual({ tenants: [], cells: [], total: { beforeCny: 0, afterCny: 0 } });
  });
});
