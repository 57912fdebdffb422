import { type EngineKind, planEngine } from "../embedded/index.ts";
import { UserError } from "../lib/terminal/errors.ts";
import type { Progress } from "../lib/terminal/progress.ts";
import { type BenchCell, openBenchCell } from "./cell.ts";
import { median, seconds } from "./samples.ts";

/** Adding one tenant to `others`, in seconds. */
export interface AddingFigures {
  readonly others: number;
  readonly preview: number;
  readonly up: number;
  /** `kubectl apply --server-side` of the same objects and the wait for the Deployment. */
  readonly kubectl: number;
}

export interface FromNothingFigures {
  readonly tenants: number;
  readonly seconds: number;
  /** The state of such a cell, in MiB. */
  readonly stateMiB: number;
}

/** All that is measured with one engine. */
export interface EngineFigures {
  readonly kind: EngineKind;
  /** The description of its parts. */
  readonly engine: string;
  readonly adding: readonly AddingFigures[];
  readonly fromNothing: readonly FromNothingFigures[];
}

/** Cells to measure, by their tenants. */
export interface Sizes {
  readonly adding: readonly number[];
  readonly fromNothing: readonly number[];
}

/**
 * The engines to measure: the chosen one, or each that can be had here.
 *
 * @throws UserError if a chosen one cannot be had
 */
export async function enginesToBench(
  choice: EngineKind | "both" | undefined,
  progress: Progress,
): Promise<readonly EngineKind[]> {
  if (choice === "stand-in") {
    return [choice];
  }
  try {
    await planEngine({ choice: "official", progress });
  } catch (error) {
    if (choice !== undefined || !(error instanceof UserError)) {
      throw error;
    }
    progress.say("bench: the official engine cannot be had, so the stand-ins alone are measured");
    return ["stand-in"];
  }
  return choice === "official" ? [choice] : ["official", "stand-in"];
}

/** Medians of `runs`, on clusters of its own. */
export async function benchEngine(
  kind: EngineKind,
  sizes: Sizes,
  runs: number,
  progress: Progress,
): Promise<EngineFigures> {
  const { engine, adding } = await benchAdding(kind, sizes.adding, runs, progress);
  const fromNothing = [];
  for (const tenants of sizes.fromNothing) {
    fromNothing.push(await benchFromNothing(kind, tenants, runs, progress));
  }
  return { kind, engine, adding, fromNothing };
}

/** Adding `runs` tenants one after the other to cells of these sizes, all on one cluster. */
async function benchAdding(
  kind: EngineKind,
  sizes: readonly number[],
  runs: number,
  progress: Progress,
): Promise<Pick<EngineFigures, "engine" | "adding">> {
  const cell = await openBenchCell({ engine: kind });
  try {
    progress.say(cell.engine);
    await cell.up();
    const adding = [];
    for (const others of sizes) {
      const step = progress.step(`${kind}: adding a tenant to ${others}`);
      if (others > cell.size()) {
        await cell.grow(others);
        await cell.up();
      }
      adding.push({ others, ...(await addOneByOne(cell, runs)) });
      step.done();
    }
    return { engine: cell.engine, adding };
  } finally {
    await cell.close();
  }
}

async function addOneByOne(cell: BenchCell, runs: number): Promise<Omit<AddingFigures, "others">> {
  const samples = { preview: [] as number[], up: [] as number[], kubectl: [] as number[] };
  for (let index = 0; index < runs; index++) {
    await cell.grow(cell.size() + 1);
    samples.preview.push(await seconds(() => cell.preview()));
    samples.up.push(await seconds(() => cell.up()));
    const { namespace, file } = await cell.manifestsOfNewest();
    samples.kubectl.push(await seconds(() => cell.apply(namespace, file)));
    await cell.remove(namespace);
  }
  return {
    preview: median(samples.preview),
    up: median(samples.up),
    kubectl: median(samples.kubectl),
  };
}

/** Cells of this size, each on a new and empty cluster that is up already. */
async function benchFromNothing(
  kind: EngineKind,
  tenants: number,
  runs: number,
  progress: Progress,
): Promise<FromNothingFigures> {
  const step = progress.step(`${kind}: ${tenants} tenants from nothing`);
  const samples = [];
  let stateMiB = 0;
  for (let index = 0; index < runs; index++) {
    const cell = await openBenchCell({ engine: kind });
    try {
      await cell.grow(tenants);
      samples.push(await seconds(() => cell.up()));
      stateMiB = await cell.stateMiB();
    } finally {
      await cell.close();
    }
  }
  step.done();
  return { tenants, seconds: median(samples), stateMiB };
}
