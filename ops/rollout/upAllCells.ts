import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../../embedded/index.ts";
import { Interrupted, UserError } from "../../lib/terminal/errors.ts";
import { onInterrupt } from "../../lib/terminal/interrupt.ts";
import { type Progress, silentProgress, terminalProgress } from "../../lib/terminal/progress.ts";
import { readFleet } from "../../settings/stacks.ts";
import { orReport } from "../commandLine/orReport.ts";
import { notReady, rowsWhenReady } from "../diagnosis/health.ts";
import { reasonsNow, updateWithReasons, whyTable } from "../diagnosis/why.ts";
import { selectCells } from "../fleet/selection.ts";
import { nothingChanged } from "../fleet/updateSummary.ts";
import { orphansHint } from "../stack/orphansHint.ts";
import { runPulumiLogged, upArguments } from "../stack/pulumi.ts";
import { checkTenants, openEngine, openStack } from "../stack/session.ts";
import { type Target, type TargetValues, targetOf } from "../stack/target.ts";
import { type CellResult, changesText, type FleetCell, outcomesJson, outcomeTable } from "./cellOutcomes.ts";
import { rollOut } from "./rollout.ts";

export interface AllCellsOptions {
  /** Options of every cell's target. */
  readonly values: Omit<TargetValues, "stack" | "tenants">;
  readonly platform: string | undefined;
  /** Cells at a time. */
  readonly parallel: number;
  /** Most that the tenants of a cell take to become ready after its update. */
  readonly timeoutSeconds: number;
  readonly json: boolean;
  /** Further options of `pulumi up`. */
  readonly rest: readonly string[];
}

interface TargetedCell extends FleetCell {
  readonly target: Target;
}

/** Lines of a failed cell's log that are shown; its end says why. */
const shownLines = 40;

/**
 * Brings up the cells of a platform: canaries first, one by one, then the others side by side, and none further after
 * one that failed or is not healthy. Resolves to the exit code.
 *
 * @throws UserError before anything is changed if there are no such cells, or a file of one is wrong
 */
export async function upAllCells(options: AllCellsOptions): Promise<number> {
  const progress = terminalProgress();
  const [first, ...others] = targetedCells(options, progress);
  if (first === undefined) {
    throw new UserError("There is no cell to bring up.");
  }
  const cells = [first, ...others];
  checkTenants(...cells.map(({ target }) => target));
  const engine = await openEngine(first.target, progress);
  return bringUp(cells, { engine, options, progress });
}

function targetedCells({ platform, values }: AllCellsOptions, progress: Progress): TargetedCell[] {
  const fleet = orReport(() => readFleet());
  const { cells, leftOut } = selectCells(fleet, { platform, embedded: values.embedded });
  for (const { stack } of leftOut) {
    progress.say(`${stack}: left out, nobody has set it up yet`);
  }
  return cells.map(({ stack, canary }) => ({ stack, canary, target: targetOf({ ...values, stack }) }));
}

/** The common options of the updates of all cells. */
interface Run {
  readonly engine: Engine;
  readonly options: AllCellsOptions;
  readonly progress: Progress;
}

async function bringUp(cells: readonly TargetedCell[], run: Run): Promise<number> {
  let interrupted = false;
  const stopListening = onInterrupt(() => {
    interrupted = true;
  });
  try {
    const isInterrupted = () => interrupted;
    const outcomes = await rollOut(cells, {
      begin: (cell) => bringUpCell(cell, run, isInterrupted),
      isGood: ({ result }) => result === "ready",
      isStopped: isInterrupted,
      parallel: run.options.parallel,
    });
    const isReady = outcomes.every(({ result }) => result?.result === "ready");
    console.log(run.options.json ? JSON.stringify(outcomesJson(outcomes)) : `\n${outcomeTable(outcomes)}`);
    if (interrupted) {
      throw new Interrupted();
    }
    return isReady ? 0 : 1;
  } finally {
    stopListening();
  }
}

async function bringUpCell(
  { stack, canary, target }: TargetedCell,
  run: Run,
  isInterrupted: () => boolean,
): Promise<CellResult> {
  const name = canary ? `${stack} (canary)` : stack;
  const log = join(target.home, "logs", `${stack}.log`);
  const step = run.progress.step(name);
  const started = Date.now();
  const { why, ...ended } = await updateAndCheck(target, run, log);
  const result = ended.result === "failed" && isInterrupted() ? "interrupted" : ended.result;
  if (result === "ready") {
    step.done(`${name}: ready, ${changesText(ended.changes)}; ${log}`);
  } else {
    step.fail(`${name}: ${result}${result === "interrupted" ? `; ${log}` : why}`);
  }
  return { ...ended, result, log, seconds: (Date.now() - started) / 1000 };
}

interface Ended extends Pick<CellResult, "result" | "changes" | "notReady"> {
  /** Follows the result in the cell's line. */
  readonly why: string;
}

async function updateAndCheck(
  target: Target,
  { engine, options, progress }: Run,
  log: string,
): Promise<Ended> {
  let changes = nothingChanged;
  try {
    await openStack(target, engine, progress);
    const args = upArguments(target, options.rest);
    const say = (line: string) => progress.say(`${target.stack}: ${line}`);
    const { code, troubles } = await updateWithReasons(target, say, async () => {
      const update = await runPulumiLogged(target, engine, args, log);
      changes = update.changes;
      return update.code;
    });
    if (code !== 0) {
      const why = whyTable(troubles);
      const words = [await endOf(log), ...orphansHint(target)].join("\n  ");
      return { result: "failed", changes, notReady: [], why: `\n${words}${why && `\n${why}`}` };
    }
    const missing = notReady(await rowsWhenReady(target, silentProgress, options.timeoutSeconds));
    return missing.length === 0
      ? { result: "ready", changes, notReady: [], why: "" }
      : { result: "not ready", changes, notReady: missing, why: await whyUnready(target, missing, log) };
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    return { result: "failed", changes, notReady: [], why: `: ${error.message}` };
  }
}

async function whyUnready(target: Target, ids: readonly string[], log: string): Promise<string> {
  const why = whyTable(await reasonsNow(target, ids));
  return `: ${ids.join(", ")}; ${log}${why && `\n${why}`}`;
}

async function endOf(log: string): Promise<string> {
  const lines = (await readFile(log, "utf8")).trimEnd().split("\n");
  const shown = lines.slice(-shownLines).map((line) => `  ${line}`);
  return [...(lines.length > shownLines ? ["  …"] : []), ...shown, `  all of it: ${log}`].join("\n");
}
