import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { copyRepository } from "./copy.ts";
import { instrument, keyOf, type Mutant } from "./mutants.ts";
import { type Caught, recorded } from "./records.ts";
import type { Turn } from "./restarts.ts";
import {
  importsIn,
  quickTurn,
  remainingTurns,
  type TurnLimits,
  thoroughTurn,
  withoutTried,
} from "./turns.ts";

export interface MutantOptions {
  /** Paths in the repository. */
  readonly files: readonly string[];
  /** Processes that run tests at a time. */
  readonly workers: number;
  /** Tries the rest but those of these texts (keyOf) in slower and more distant test files too. */
  readonly thorough?: { readonly explained: ReadonlyMap<string, string> } | undefined;
  readonly progress: Progress;
}

export interface TriedMutant extends Mutant {
  /** The test file, and where it is known the test, that fails with it. */
  readonly by?: string;
  /** No test runs its code. */
  readonly isUnreached: boolean;
}

const vitest = join("node_modules", "vitest", "vitest.mjs");

/**
 * Tries every mutant of the files on the unit and golden tests, in a copy of the repository outside of it.
 *
 * @throws UserError if a test fails without any mutant
 */
export async function tryMutants({
  files,
  workers,
  thorough,
  progress,
}: MutantOptions): Promise<TriedMutant[]> {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-mutants-"));
  try {
    const sources = files.map((name) => ({ name, content: readFileSync(join(repository, name), "utf8") }));
    const { files: instrumented, mutants } = await instrument(sources);
    await copyRepository(folder, instrumented);
    await runOnce(folder, files, workers, mutants.length, progress);
    const covered = recorded(folder, "covered");
    const importedBy = (testFile: string) =>
      importsIn(readFileSync(join(folder, testFile), "utf8"), testFile);
    const left = (of: readonly Mutant[], limits: TurnLimits) =>
      remainingTurns(of, covered, recorded(folder, "caught"), limits, importedBy);
    const turns = left(mutants, quickTurn);
    await restartForEach(folder, turns, workers, progress);
    if (thorough !== undefined) {
      const open = mutants.filter((mutant) => !thorough.explained.has(keyOf(mutant)));
      await restartForEach(folder, withoutTried(left(open, thoroughTurn), turns), workers, progress);
    }
    const caught = new Map(recorded(folder, "caught").map(({ id, by }: Caught) => [id, by]));
    const reached = new Set(covered.flatMap(({ inTests, outside }) => [...inTests, ...outside]));
    return mutants.map((mutant) => {
      const by = caught.get(mutant.id);
      return { ...mutant, ...(by === undefined ? {} : { by }), isUnreached: !reached.has(mutant.id) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runOnce(
  folder: string,
  files: readonly string[],
  workers: number,
  count: number,
  progress: Progress,
): Promise<void> {
  const step = progress.step(
    `${count} mutants of ${files.length} files: tests run, and again for each mutant`,
    () => `${recorded(folder, "caught").length} caught`,
  );
  const args = ["related", ...files, "--run", "--config", "tools/mutants/vitest.config.ts"];
  const report = join(folder, "report.json");
  const { code, stderr } = await run(
    process.execPath,
    [vitest, ...args, `--maxWorkers=${workers}`, "--reporter=json", `--outputFile=${report}`],
    { cwd: folder },
  );
  throwIfInterrupted();
  if (code !== 0) {
    const failed = existsSync(report) ? failedFiles(readFileSync(report, "utf8")) : undefined;
    const found = failed === undefined ? stderr : await failureWithoutMutants(folder, failed);
    if (found !== undefined) {
      step.fail();
      throw new UserError(`Tests fail without any mutant, so nothing could be said of one:\n${found}`);
    }
  }
  step.done();
}

const reportSchema = z.object({
  testResults: z.array(z.object({ name: z.string(), status: z.string() })),
});

/** Paths of the test files that failed, by vitest's report. */
const failedFiles = (report: string): string[] =>
  reportSchema
    .parse(JSON.parse(report))
    .testResults.flatMap(({ name, status }) => (status === "failed" ? [name] : []));

/** No mutant has this id. */
const noMutant = "none";

/** A mutant may leave something behind that the tests after it stumble over. Which of these files fails by itself? */
async function failureWithoutMutants(
  folder: string,
  testFiles: readonly string[],
): Promise<string | undefined> {
  await restarts(folder, [{ id: noMutant, testFiles }], () => {});
  return recorded(folder, "caught").find(({ id }) => id === noMutant)?.by;
}

async function restartForEach(
  folder: string,
  turns: readonly Turn[],
  workers: number,
  progress: Progress,
): Promise<void> {
  let done = 0;
  const step = progress.step(
    `${turns.length} mutants left: tests run from their start for each`,
    () => `${done} tried`,
  );
  const shares = Array.from({ length: workers }, (_, worker) =>
    turns.filter((_, index) => index % workers === worker),
  );
  await Promise.all(
    shares.map((share) =>
      restarts(folder, share, () => {
        done += 1;
      }),
    ),
  );
  throwIfInterrupted();
  step.done();
}

/** One process for many mutants: it says the id of each that it has tried. */
async function restarts(folder: string, turns: readonly Turn[], onTurn: () => void): Promise<void> {
  const { code, stderr } = await run(process.execPath, ["tools/mutants/restarts.ts"], {
    cwd: folder,
    input: turns.map((turn) => JSON.stringify(turn)).join("\n"),
    onErrorLine: onTurn,
  });
  if (code !== 0) {
    throw new Error(`tools/mutants/restarts.ts ended with ${code}: ${stderr}`);
  }
}
