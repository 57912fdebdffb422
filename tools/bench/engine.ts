import type { Progress } from "../terminal/progress.ts";
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
}

/** Medians of adding `runs` tenants one after the other to cells of these sizes, all on one cluster. */
export async function benchAdding(
  sizes: readonly number[],
  runs: number,
  progress: Progress,
): Promise<AddingFigures[]> {
  const cell = await openBenchCell();
  try {
    progress.say(cell.engine);
    await cell.up();
    const figures = [];
    for (const others of sizes) {
      const step = progress.step(`adding a tenant to ${others}`);
      if (others > cell.size()) {
        await cell.grow(others);
        await cell.up();
      }
      figures.push({ others, ...(await addOneByOne(cell, runs)) });
      step.done();
    }
    return figures;
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

/** Median of `runs` cells of this size, each on a new and empty cluster that is up already. */
export async function benchFromNothing(
  tenants: number,
  runs: number,
  progress: Progress,
): Promise<FromNothingFigures> {
  const step = progress.step(`${tenants} tenants from nothing`);
  const samples = [];
  for (let index = 0; index < runs; index++) {
    const cell = await openBenchCell();
    try {
      await cell.grow(tenants);
      samples.push(await seconds(() => cell.up()));
    } finally {
      await cell.close();
    }
  }
  step.done();
  return { tenants, seconds: median(samples) };
}
