import type { PlaceName, Places } from "./places.ts";

/** One thing that a hostile tenant would try. Scripts are of sh; the variables are those of `Places.facts`. */
export interface Attempt {
  readonly name: string;
  /** Exits with 0 only if the attempt worked. $TOOL is the program of the folder `tool`. */
  readonly script: string;
  /** Where it is tried; inside tenant A's pod unless given. */
  readonly from?: PlaceName;
  /** The wall that it should meet. */
  readonly stoppedBy: string;
  /** Container runtimes, as nodes name theirs, on which the wall is missing: the attempt works there, and is known to. */
  readonly worksOn?: (runtime: string) => boolean;
  /** Where the same script, or this one, works: that shows that it is the wall which stops it, and no mistake in it. */
  readonly control: { readonly from: PlaceName; readonly script?: string };
}

export interface Outcome {
  readonly worked: boolean;
  /** Whether the control worked, as it must. */
  readonly controlWorked: boolean;
  /** Last lines of both. */
  readonly said: string;
}

export async function tryOut(attempt: Attempt, places: Places): Promise<Outcome> {
  const { script, from = "tenant", control } = attempt;
  // One after the other: what the first has used up must not fail the second.
  const tried = await places.run(from, script);
  const controlled = await places.run(control.from, control.script ?? script);
  const lines = [tried, controlled].map(({ stdout, stderr }) =>
    `${stdout}${stderr}`.trim().split("\n").at(-1),
  );
  return {
    worked: tried.code === 0,
    controlWorked: controlled.code === 0,
    said: `${lines[0]}; control: ${lines[1]}`,
  };
}

export interface Row {
  readonly attempt: string;
  readonly outcome: string;
  readonly stoppedBy: string;
  readonly how: "enforced" | "evaluated";
}

/** Rows under each other, numbered, for people to read. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ["#", "attempt", "outcome", "stopped by", "how"],
    ...rows.map(({ attempt, outcome, stoppedBy, how }, index) => [
      `${index + 1}`,
      attempt,
      outcome,
      stoppedBy,
      how,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
