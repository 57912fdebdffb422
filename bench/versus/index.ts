import type { EngineKind } from "../../embedded/index.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { type BenchCell, openBenchCell } from "../cell.ts";
import { median, seconds } from "../samples.ts";
import { automationApi } from "./automation.ts";
import { plainProgram } from "./plain.ts";

/** The programs that this one, run by the CLI, can be measured against. */
export const rivals = ["plain", "automation"] as const;
export type Rival = (typeof rivals)[number];

/** The timed operations of a cell. */
export interface Operations extends Pick<BenchCell, "size" | "grow"> {
  preview(): Promise<unknown>;
  up(): Promise<unknown>;
}

/** Opens a rival on the cluster of a cell whose own stack is empty. */
export type Open = (cell: BenchCell) => Promise<Operations>;

/** Seconds of one operation. */
export interface Pair {
  readonly own: number;
  readonly rival: number;
}

export interface VersusFigures {
  readonly rival: Rival;
  /** The description of the engine's parts. */
  readonly engine: string;
  /** Medians, of cells with so many tenants before. */
  readonly adding: readonly { readonly others: number; readonly preview: Pair; readonly up: Pair }[];
  /** Medians, of cells on a cluster that is up and a stack without state. */
  readonly fromNothing: readonly { readonly tenants: number; readonly up: Pair }[];
}

export interface VersusSizes {
  readonly adding: readonly number[];
  readonly fromNothing: readonly number[];
}

/** Measures both by turns, each on clusters of its own. */
export async function benchVersus(
  rival: Rival,
  kind: EngineKind,
  sizes: VersusSizes,
  runs: number,
  progress: Progress,
): Promise<VersusFigures> {
  const largest = Math.max(...sizes.adding, ...sizes.fromNothing) + sizes.adding.length * runs;
  const open = rival === "plain" ? await plainProgram(kind, largest) : automationApi;
  const { adding, engine } = await benchAdding(open, kind, sizes.adding, runs, progress);
  const fromNothing = [];
  for (const count of sizes.fromNothing) {
    fromNothing.push(await benchFromNothing(open, kind, count, runs, progress));
  }
  return { rival, engine, adding, fromNothing };
}

async function benchAdding(
  open: Open,
  kind: EngineKind,
  sizes: readonly number[],
  runs: number,
  progress: Progress,
): Promise<Pick<VersusFigures, "adding" | "engine">> {
  await using cell = await disposableCell(kind);
  await using other = await disposableCell(kind);
  const programs = [["own", cell] as const, ["rival", await open(other)] as const];
  const adding = [];
  for (const others of sizes) {
    const step = progress.step(`${kind}: adding a tenant to ${others}, by turns`);
    const samples = { preview: noSamples(), up: noSamples() };
    for (const [, program] of programs) {
      await program.grow(Math.max(others, program.size()));
      await program.up();
    }
    for (let index = 0; index < runs; index++) {
      for (const [name, program] of programs) {
        await program.grow(program.size() + 1);
        samples.preview[name].push(await seconds(() => program.preview()));
        samples.up[name].push(await seconds(() => program.up()));
      }
    }
    adding.push({ others, preview: medians(samples.preview), up: medians(samples.up) });
    step.done();
  }
  return { adding, engine: cell.engine };
}

async function benchFromNothing(
  open: Open,
  kind: EngineKind,
  tenants: number,
  runs: number,
  progress: Progress,
): Promise<VersusFigures["fromNothing"][number]> {
  const step = progress.step(`${kind}: ${tenants} tenants from nothing, by turns`);
  const samples = noSamples();
  for (let index = 0; index < runs; index++) {
    for (const name of ["own", "rival"] as const) {
      await using cell = await disposableCell(kind);
      const program = name === "own" ? cell : await open(cell);
      await program.grow(tenants);
      samples[name].push(await seconds(() => program.up()));
    }
  }
  step.done();
  return { tenants, up: medians(samples) };
}

async function disposableCell(engine: EngineKind): Promise<BenchCell & AsyncDisposable> {
  const cell = await openBenchCell({ engine });
  return { ...cell, [Symbol.asyncDispose]: cell.close };
}

const noSamples = (): Record<keyof Pair, number[]> => ({ own: [], rival: [] });

const medians = ({ own, rival }: Record<keyof Pair, readonly number[]>): Pair => ({
  own: median(own),
  rival: median(rival),
});
