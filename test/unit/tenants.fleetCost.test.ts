import { describe, expect, test } from "vitest";
import { fleetMonthlyCny, fleetUsers, sharedParts, tenantsByPlan, usersOf } from "../../tenants/fleetCost.ts";
import { cloudProviders } from "../../tenants/listPrice.ts";
import { planNames } from "../../tenants/plans.ts";
import { monthlyListPriceCny, tenantPrices } from "../../tenants/prices.ts";
import { savings, tenantMonthlyCny } from "../../tenants/savings.ts";

describe("100 tenants on Alibaba, one cluster", () => {
  const fleet = fleetMonthlyCny({ tenants: 100, provider: "alibaba" });

  test("are charged for nodes and disks", () => {
    expect(fleet.clusters).toBe(1);
    expect(fleet.tenants).toEqual({
      // (70 × 1 + 25 × 2 + 5 × 4) vCPU = 140 × 263
      compute: 36_820,
      // (70 × 10 + 25 × 50 + 5 × 200) GiB = 2,950 × 0.5
      disk: 1475,
    });
  });

  test("are charged for what they share", () => {
    expect(fleet.shared).toEqual({
      // 0.64 × 730
      controlPlane: 467.2,
      // 12 vCPU × 263 + 3 nodes × 100 GiB × 0.5
      systemNodes: 3306,
      // 140 ÷ 0.85 = 164.7059 vCPU, so 24.7059 more × 263 = 6,497.647; 11 nodes of 16 vCPU × 100 GiB × 0.5 = 550
      spareNodes: 7047.65,
      // 0.034 × 7.1 × 730 + 4 × 0.003 × 7.1 × 730 + 100 × (20 × 0.034 × 7.1 + 10 × 0.8)
      // = 176.222 + 62.196 + 482.8 + 800
      network: 1521.22,
      // 0.02 × 7.1 × 730 + 0.049 × 730 = 103.66 + 35.77
      loadBalancer: 139.43,
      // 8 GiB × 0.0497 × 7.1 × 730 + 200 GB × 0.00048 × 7.1 × 730 = 2,060.7608 + 497.568
      database: 2558.33,
      // 2 GiB × 90
      cache: 180,
      // 100 × 10 GB × 0.15
      objectStore: 150,
      // 100 × 3 GB × 0.4
      logs: 120,
      // (4.5 + 5 × 0.03) × 7.1 × 730 ÷ 24
      keys: 1004.21,
    });
  });

  test("are charged the sum of it, and a hundredth each", () => {
    // 36,820 + 1,475 + the ten parts above: 16,494.04
    expect(fleet.total).toBe(54_789.04);
    expect(fleet.perTenant).toBe(547.89);
  });
});

test("1,000 tenants on Tencent take two clusters and no key management instance", () => {
  const { clusters, tenants, shared } = fleetMonthlyCny({ tenants: 1000, provider: "tencent" });
  expect(clusters).toBe(2);
  // 1,400 vCPU × 108; 29,500 GiB × 0.5
  expect(tenants).toEqual({ compute: 151_200, disk: 14_750 });
  // 2 × 0.19152276 × 7.1 × 730
  expect(shared.controlPlane).toBe(1985.32);
  // 2 × (24 vCPU × 108 + 3 × 100 GiB × 0.5)
  expect(shared.systemNodes).toBe(5484);
  // 2 × (32 GiB × 0.026 + 1,000 GB × 0.0005) × 7.1 × 730 = 2 × 1.332 × 5,183
  expect(shared.database).toBe(13_807.51);
  // 2 × 5 × 0.06 × 7.1 × 730 ÷ 24 = 129.575, and a fen of rounding
  expect(shared.keys).toBeCloseTo(129.575, 1);
  // 2 × 0.2 × 730
  expect(shared.loadBalancer).toBe(292);
});

test.each([
  ["alibaba", 100, 1],
  ["alibaba", 101, 2],
  ["alibaba", 1000, 10],
  ["tencent", 500, 1],
  ["tencent", 501, 2],
] as const)("on %s %d tenants take %d clusters", (provider, tenants, clusters) => {
  expect(fleetMonthlyCny({ tenants, provider }).clusters).toBe(clusters);
});

test("a platform grows with the tenants of its cluster, not with the fleet", () => {
  // 101 tenants are two clusters of at most 51: twice the size for up to 100, whose Redis has 2 GiB at 90
  expect(fleetMonthlyCny({ tenants: 25, provider: "alibaba" }).shared.cache).toBe(90);
  expect(fleetMonthlyCny({ tenants: 26, provider: "alibaba" }).shared.cache).toBe(180);
  expect(fleetMonthlyCny({ tenants: 101, provider: "alibaba" }).shared.cache).toBe(360);
});

test.each(cloudProviders)("a fleet on %s costs what its parts do", (provider) => {
  const { tenants, shared, total } = fleetMonthlyCny({ tenants: 137, provider });
  const parts = [tenants.compute, tenants.disk, ...sharedParts.map((part) => shared[part])];
  expect(total).toBeCloseTo(
    parts.reduce((sum, cny) => sum + cny, 0),
    2,
  );
});

describe("the plans of a fleet", () => {
  test.each([
    // 7, 2.5 and 0.5: the smaller plan of the two halves is rounded up
    [10, { basic: 7, pro: 3, enterprise: 0 }],
    [100, { basic: 70, pro: 25, enterprise: 5 }],
    [1000, { basic: 700, pro: 250, enterprise: 50 }],
    // 0.7, 0.25 and 0.05
    [1, { basic: 1, pro: 0, enterprise: 0 }],
    // 2.1, 0.75 and 0.15
    [3, { basic: 2, pro: 1, enterprise: 0 }],
  ])("of %d tenants are %o", (tenants, counts) => {
    expect(tenantsByPlan(tenants)).toEqual(counts);
  });

  test("may be given in any proportion", () => {
    expect(tenantsByPlan(8, { basic: 1, pro: 2, enterprise: 1 })).toEqual({
      basic: 2,
      pro: 4,
      enterprise: 2,
    });
  });

  test.each([0, -1, 2.5, Number.NaN])("cannot be told of %d tenants", (tenants) => {
    expect(() => tenantsByPlan(tenants)).toThrow(`a fleet of ${tenants} tenants`);
  });
});

describe("the users of a fleet", () => {
  test.each([
    // 70 × 5 + 25 × 25 + 5 × 200
    [1, 1975],
    // 70 × 2 + 25 × 10 + 5 × 80
    [0.4, 790],
    [0, 100],
  ])("of 100 tenants whose seats are taken to a part of %d are %d", (seatUse, users) => {
    expect(fleetUsers(100, seatUse)).toBe(users);
  });

  test("are at least one a tenant", () => {
    expect(usersOf(5, 0.01)).toBe(1);
  });
});

describe("a saving", () => {
  test.each(cloudProviders)("of nothing is the list price on %s", (provider) => {
    for (const plan of planNames) {
      const listed = monthlyListPriceCny({ plan, state: "active" }, tenantPrices[provider]);
      expect(tenantMonthlyCny(plan, savings[provider].asListed)).toBe(listed);
    }
  });

  test.each([
    // 263 × 0.65 + 5; 108 × 0.85 + 5
    ["oneYear", 175.95, 96.8],
    // 92.96 + 5; 65.6 + 5
    ["computeNodes", 97.96, 70.6],
    // 263 ÷ 2 + 5; 108 ÷ 2 + 5
    ["halfCpu", 136.5, 59],
    // 92.96 × 0.85 ÷ 2 + 5; 65.6 × 0.85 ÷ 2 + 5
    ["allOfThem", 44.51, 32.88],
  ] as const)("by %s leaves CNY %d of a basic tenant on Alibaba, %d on Tencent", (name, alibaba, tencent) => {
    expect(tenantMonthlyCny("basic", savings.alibaba[name])).toBe(alibaba);
    expect(tenantMonthlyCny("basic", savings.tencent[name])).toBe(tencent);
  });

  test("lowers system nodes as well", () => {
    const saving = savings.alibaba.computeNodes;
    const { shared } = fleetMonthlyCny({ tenants: 100, provider: "alibaba", saving });
    // 12 vCPU × 92.96 + 3 × 100 GiB × 0.5
    expect(shared.systemNodes).toBe(1265.52);
  });
});
