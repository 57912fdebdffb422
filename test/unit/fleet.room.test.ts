import { describe, expect, test } from "vitest";
import { accountWarnings, clusterCapacity, clusterWarnings } from "../../ops/fleet/limits.ts";
import { cellRooms, clusterRooms, nextCell } from "../../ops/fleet/room.ts";
import { fleetStack } from "../../settings/stacks.ts";
import { tenant } from "../fixtures/tenant.ts";

const owner = (kind: string) => `config:
  openclaw:cluster: { kind: ${kind} }
  openclaw:platform: { domain: clouds.example }
`;
const cell = (platform: string, more = "") => `config:
  openclaw:platform: { stack: acme/openclaw/${platform} }
${more}`;

const tenantsOf = (folder: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    tenant({ id: `${folder}-${index}`, cell: folder, plan: "basic" }),
  );

const everyFolder = () => true;

describe("room", () => {
  const fleet = [
    fleetStack("b", cell("north")),
    fleetStack("a", cell("north", "  openclaw:maxTenants: 2\n  openclaw:canary: true\n")),
    fleetStack("north", owner("existing")),
    fleetStack("south", owner("existing")),
  ];

  test("is counted by cell, whatever the tenants' states, and priced by it", () => {
    const tenants = [...tenantsOf("a", 1), tenant({ id: "z", cell: "a", plan: "basic", state: "suspended" })];
    expect(cellRooms(fleet, tenants, ({ stack }) => stack === "south")).toEqual([
      // One basic tenant runs (268), one pays for its disk (5).
      {
        cell: "a",
        platform: "north",
        tenants: 2,
        maxTenants: 2,
        free: 0,
        monthlyCny: 273,
        canary: true,
        isPlaceholder: false,
      },
      expect.objectContaining({ cell: "b", tenants: 0, maxTenants: 25, free: 25, monthlyCny: 0 }),
      expect.objectContaining({ cell: "south", platform: "south", free: 25 }),
    ]);
  });

  test("of a cell with too many tenants is none, not less", () => {
    const [full] = cellRooms(fleet, tenantsOf("a", 3), () => false);
    expect(full).toMatchObject({ cell: "a", tenants: 3, free: 0 });
  });

  test("on TKE is priced at Tencent's list", () => {
    const [room] = cellRooms([fleetStack("t", owner("tke"))], tenantsOf("t", 1), everyFolder);
    // 1 vCPU at 108 and 10 GiB at 0.5.
    expect(room?.monthlyCny).toBe(113);
  });

  test("is summed by cluster, whose kind its owner or a cell knows", () => {
    const cells = cellRooms(fleet, tenantsOf("b", 3), () => false);
    expect(clusterRooms(cells, fleet)).toEqual([
      { platform: "north", clusterKind: "existing", cells: 2, tenants: 3, maxTenants: 27 },
    ]);
  });
});

describe("the next tenant", () => {
  const next = (files: Record<string, string>, tenants = tenantsOf("none", 0)) => {
    const fleet = Object.entries(files).map(([stack, text]) => fleetStack(stack, text));
    const cells = cellRooms(fleet, tenants, () => false);
    return nextCell(cells, clusterRooms(cells, fleet))?.cell;
  };

  test("goes to the cell with the most room, and of equal ones to the first", () => {
    const files = { a: cell("north"), b: cell("north"), c: cell("north") };
    expect(next(files, tenantsOf("a", 1))).toBe("b");
  });

  test("goes to a canary only if no other cell has room", () => {
    const canary = cell("north", "  openclaw:canary: true\n");
    const small = cell("north", "  openclaw:maxTenants: 1\n");
    expect(next({ a: canary, b: small })).toBe("b");
    expect(next({ a: canary, b: small }, tenantsOf("b", 1))).toBe("a");
  });

  test("goes to no cell that is full or not set up", () => {
    const small = cell("north", "  openclaw:maxTenants: 1\n");
    expect(next({ a: small, b: cell("<platform>") }, tenantsOf("a", 1))).toBeUndefined();
  });

  test("goes to no cluster that is full, though its cells are not", () => {
    const files = {
      north: owner("ack"),
      a: cell("north", "  openclaw:maxTenants: 200\n"),
      b: cell("south", "  openclaw:maxTenants: 1\n"),
    };
    expect(next(files, tenantsOf("a", 99))).toBe("a");
    expect(next(files, tenantsOf("a", 100))).toBe("b");
  });
});

describe("limits of the clouds", () => {
  const holding = (clusterKind: string, tenants: number, maxTenants = tenants) => ({
    clusterKind,
    tenants,
    maxTenants,
  });

  test("of a cluster are those of its kind; one of one's own has none", () => {
    expect(clusterCapacity("ack")).toBe(100);
    expect(clusterCapacity("existing")).toBe(Number.POSITIVE_INFINITY);
    expect(clusterCapacity(undefined)).toBe(Number.POSITIVE_INFINITY);
    expect(clusterWarnings(holding("existing", 5000))).toEqual([]);
  });

  test("are said when a cluster is over them, or will be once its cells are full, with what to do", () => {
    expect(clusterWarnings(holding("ack", 100))).toEqual([]);
    expect(clusterWarnings(holding("ack", 10, 125))).toEqual([
      expect.stringMatching(/^it has room for 125 tenants; .*NetworkPolicy.*: .*second cluster/),
    ]);
    expect(clusterWarnings(holding("ack", 101))).toEqual([expect.stringMatching(/^it has 101 tenants; /)]);
  });

  test("of an account are those of all clusters of a kind together", () => {
    const clusters = Array.from({ length: 10 }, () => holding("ack", 100));
    expect(accountWarnings([...clusters, holding("tke", 400)])).toEqual([]);
    expect(accountWarnings([...clusters, holding("ack", 1)])).toEqual([
      expect.stringMatching(/^the account of all ack clusters has 1001 tenants; .*RAM role.*: .*quota/),
    ]);
  });
});
