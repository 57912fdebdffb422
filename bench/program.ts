import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheRoot } from "../lib/system/cache.ts";
import { run } from "../lib/system/run.ts";
import type { Progress } from "../lib/terminal/progress.ts";
import { median, writeTenants } from "./samples.ts";

/** The program alone: no engine, no cluster. */
export interface ProgramFigures {
  readonly tenants: number;
  readonly seconds: number;
  /** Peak resident set. */
  readonly peakMiB: number;
}

const mockedProgram = join(import.meta.dirname, "mockedProgram.ts");

/** Medians of `runs` processes. */
export async function benchProgram(
  tenants: number,
  runs: number,
  progress: Progress,
): Promise<ProgramFigures> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-bench-"));
  const step = progress.step(`program alone, ${tenants} tenants`);
  try {
    await writeTenants(folder, 0, tenants);
    // As the commands set it for the engine.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(cacheRoot(), "compiled") };
    const samples: Omit<ProgramFigures, "tenants">[] = [];
    for (let index = 0; index < runs; index++) {
      const { code, stdout, stderr } = await run(process.execPath, [mockedProgram, folder], { env });
      if (code !== 0) {
        throw new Error(`the program under mocks failed: ${stderr}`);
      }
      samples.push(JSON.parse(stdout));
    }
    step.done();
    return {
      tenants,
      seconds: median(samples.map((sample) => sample.seconds)),
      peakMiB: median(samples.map((sample) => sample.peakMiB)),
    };
  } catch (error) {
    step.fail();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
