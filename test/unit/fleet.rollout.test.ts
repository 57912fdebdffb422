import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { selectCells } from "../../ops/fleet/selection.ts";
import { changesOf } from "../../ops/fleet/updateSummary.ts";
import { changesText, outcomesJson, outcomeTable } from "../../ops/rollout/cellOutcomes.ts";
import { rollOut } from "../../ops/rollout/rollout.ts";
import { fleetStack } from "../../settings/stacks.ts";

const item = (stack: string, canary = false) => ({ stack, canary });

/** A rollout of which each step takes a turn of the event loop; what it did, in order. */
async function rollout(
  items: readonly ReturnType<typeof item>[],
  { bad = [], parallel = 2, stopAfter }: { bad?: string[]; parallel?: number; stopAfter?: string } = {},
) {
  const events: string[] = [];
  let running = 0;
  let most = 0;
  const outcomes = await rollOut(items, {
    begin: async ({ stack }) => {
      events.push(`+${stack}`);
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      events.push(`-${stack}`);
      return !bad.includes(stack);
    },
    isGood: (result) => result,
    isStopped: () => stopAfter !== undefined && events.includes(`-${stopAfter}`),
    parallel,
  });
  const results = Object.fromEntries(outcomes.map((outcome) => [outcome.item.stack, outcome.result]));
  return { events: events.join(" "), most, results };
}

describe("a rollout", () => {
  const cells = [item("a"), item("x", true), item("b"), item("y", true), item("c")];

  test("does the canaries one by one, then the others side by side", async () => {
    const { events, most } = await rollout(cells);
    expect(events).toMatch(/^\+x -x \+y -y \+a \+b /);
    expect(most).toBe(2);
  });

  test("has no more at a time than it may", async () => {
    const many = Array.from({ length: 9 }, (_, index) => item(`cell-${index}`));
    expect((await rollout(many, { parallel: 1 })).most).toBe(1);
    expect((await rollout(many, { parallel: 3 })).most).toBe(3);
    expect((await rollout(many, { parallel: 20 })).most).toBe(9);
  });

  test("ends with the first canary that is not good", async () => {
    const { events, results } = await rollout(cells, { bad: ["x"] });
    expect(events).toBe("+x -x");
    expect(results).toEqual({ a: undefined, x: false, b: undefined, y: undefined, c: undefined });
  });

  test("lets what runs come to its end when another is not good, and begins nothing more", async () => {
    const { events, results } = await rollout([item("a"), item("b"), item("c")], { bad: ["a"] });
    expect(events).toBe("+a +b -a -b");
    expect(results).toEqual({ a: false, b: true, c: undefined });
  });

  test("begins nothing more once it is stopped", async () => {
    expect((await rollout(cells, { stopAfter: "x" })).events).toBe("+x -x");
  });

  test("keeps its items' order, and rejects with what it met, after the others' end", async () => {
    expect(Object.keys((await rollout(cells)).results)).toEqual(["a", "x", "b", "y", "c"]);
    const ended: string[] = [];
    const failing = rollOut([item("a"), item("b"), item("c")], {
      begin: async ({ stack }) => {
        if (stack === "a") {
          throw new Error("broken");
        }
        await turn();
        ended.push(stack);
      },
      isGood: () => true,
      parallel: 2,
    });
    await expect(failing).rejects.toThrow("broken");
    expect(ended).toEqual(["b"]);
  });
});

describe("the cells of a platform", () => {
  const cell = (stack: string, platform: string, more = "") =>
    fleetStack(stack, `config:\n  openclaw:platform: { stack: ${platform} }\n${more}`);
  const fleet = [
    cell("a", "acme/openclaw/north"),
    cell("b", "acme/openclaw/north", "  openclaw:canary: true\n"),
    cell("c", "<organization>/openclaw/north"),
    cell("d", "organization/openclaw/dev"),
    fleetStack("north", "config:\n  openclaw:platform: { domain: clouds.example }\n"),
  ];
  const names = (...args: Parameters<typeof selectCells>) => {
    const { cells, leftOut } = selectCells(...args);
    return { cells: cells.map(({ stack }) => stack), leftOut: leftOut.map(({ stack }) => stack) };
  };

  test("are canaries first, and those nobody has set up are left out", () => {
    expect(names(fleet, { platform: "north", embedded: false })).toEqual({
      cells: ["b", "a"],
      leftOut: ["c"],
    });
  });

  test("on the embedded cluster are dev's, or another platform's to try them, set up or not", () => {
    expect(names(fleet, { embedded: true })).toEqual({ cells: ["d"], leftOut: [] });
    expect(names(fleet, { platform: "north", embedded: true })).toEqual({
      cells: ["b", "a", "c"],
      leftOut: [],
    });
  });

  test("are those of the only platform unless one is named", () => {
    const north = fleet.filter(({ platform }) => platform === "north");
    expect(names(north, { embedded: false }).cells).toEqual(["b", "a"]);
    expect(() => names(fleet, { embedded: false })).toThrow(/--platform north or --platform dev/);
  });

  test("of dev are on the embedded cluster only", () => {
    expect(() => names(fleet, { platform: "dev", embedded: false })).toThrow(UsageError);
    expect(() => names(fleet, { platform: "dev", embedded: false })).toThrow(/--embedded/);
  });

  test("are refused when there are none", () => {
    expect(() => names([], { embedded: false })).toThrow(UserError);
    expect(() => names(fleet, { platform: "south", embedded: false })).toThrow(/south: it has no cells/);
    const open = fleet.filter(({ isPlaceholder }) => isPlaceholder);
    expect(() => names(open, { platform: "north", embedded: false })).toThrow(/none of its cells is set up/);
  });
});

describe("what an update did", () => {
  const summary = (resourceChanges: Record<string, number> | null, isPreview = false) =>
    `{"sequence":1}\n${JSON.stringify({ summaryEvent: { isPreview, resourceChanges } })}\n{"cancelEvent":{}}\n`;

  test("is what the engine's summary counts; a replacement is made and removed", () => {
    const changes = {
      same: 9,
      create: 2,
      "create-replacement": 1,
      update: 3,
      delete: 4,
      "delete-replaced": 1,
      replace: 1,
    };
    expect(changesOf(summary(changes))).toEqual({ created: 3, updated: 3, deleted: 5 });
  });

  test("is nothing without a summary of an update", () => {
    const nothing = { created: 0, updated: 0, deleted: 0 };
    expect(changesOf("")).toEqual(nothing);
    expect(changesOf(summary(null))).toEqual(nothing);
    expect(changesOf(summary({ create: 5 }, true))).toEqual(nothing);
  });
});

describe("the outcomes of cells", () => {
  const outcomes = [
    {
      item: item("beta", true),
      result: {
        result: "not ready" as const,
        changes: { created: 42, updated: 1, deleted: 0 },
        seconds: 4.56,
        log: "/logs/beta.log",
        notReady: ["acme"],
      },
    },
    { item: item("alpha") },
  ];

  test("are a table with those that were not started", () => {
    expect(outcomeTable(outcomes).split("\n")).toEqual([
      "CELL           RESULT       +CREATED  ~UPDATED  -DELETED  SECONDS",
      "beta (canary)  not ready          42         1         0      4.6",
      "alpha          not started         -         -         -        -",
    ]);
    expect(changesText({ created: 42, updated: 1, deleted: 0 })).toBe("+42 ~1 -0");
  });

  test("are the same as JSON, ok only if every cell is ready", () => {
    expect(outcomesJson(outcomes)).toEqual({
      ok: false,
      cells: [
        {
          cell: "beta",
          canary: true,
          result: "not ready",
          created: 42,
          updated: 1,
          deleted: 0,
          seconds: 4.6,
          notReady: ["acme"],
          log: "/logs/beta.log",
        },
        { cell: "alpha", canary: false, result: "not started" },
      ],
    });
    expect(outcomesJson([]).ok).toBe(true);
  });
});
