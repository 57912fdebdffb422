import { type Column, tableLines } from "../../lib/terminal/table.ts";
import type { Changes } from "../fleet/updateSummary.ts";
import type { Outcome } from "./rollout.ts";

export interface FleetCell {
  readonly stack: string;
  readonly canary: boolean;
}

/** The outcome of the update of a cell. */
export interface CellResult {
  /** `not ready`: the update is done, but not every active tenant's instance answers. */
  readonly result: "ready" | "not ready" | "failed" | "interrupted";
  readonly changes: Changes;
  readonly seconds: number;
  /** Path of all that Pulumi printed. */
  readonly log: string;
  /** Ids of tenants. */
  readonly notReady: readonly string[];
}

type CellOutcome = Outcome<FleetCell, CellResult>;

/** `+12 ~0 -0`. */
export const changesText = ({ created, updated, deleted }: Changes): string =>
  `+${created} ~${updated} -${deleted}`;

const figure =
  (of: (result: CellResult) => string | number) =>
  ({ result }: CellOutcome): string =>
    result === undefined ? "-" : String(of(result));

const columns: readonly Column<CellOutcome>[] = [
  { title: "CELL", value: ({ item }) => (item.canary ? `${item.stack} (canary)` : item.stack) },
  { title: "RESULT", value: ({ result }) => result?.result ?? "not started" },
  { title: "+CREATED", value: figure(({ changes }) => changes.created), align: "right" },
  { title: "~UPDATED", value: figure(({ changes }) => changes.updated), align: "right" },
  { title: "-DELETED", value: figure(({ changes }) => changes.deleted), align: "right" },
  { title: "SECONDS", value: figure(({ seconds }) => seconds.toFixed(1)), align: "right" },
];

/** A line a cell, of those that were not started too. */
export const outcomeTable = (outcomes: readonly CellOutcome[]): string =>
  tableLines(columns, outcomes).join("\n");

/** The output of `--json`. */
export function outcomesJson(outcomes: readonly CellOutcome[]) {
  const cells = outcomes.map(({ item: { stack, canary }, result }) =>
    result === undefined
      ? { cell: stack, canary, result: "not started" }
      : {
          cell: stack,
          canary,
          result: result.result,
          ...result.changes,
          seconds: Number(result.seconds.toFixed(1)),
          notReady: result.notReady,
          log: result.log,
        },
  );
  return { ok: cells.every(({ result }) => result === "ready"), cells };
}
