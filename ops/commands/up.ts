import { readNodeRecord } from "../../embedded/index.ts";
import { UsageError } from "../../lib/terminal/errors.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { notReady, rowsWhenReady, timeoutOf, timeoutOption } from "../diagnosis/health.ts";
import { type TenantRow, tenantTable } from "../diagnosis/tenantRows.ts";
import { unreadyReport, updateWithReasons, whyTable } from "../diagnosis/why.ts";
import { type NodesValues, nodesChoice, nodesHelp, nodesOptions } from "../stack/nodes.ts";
import { orphansHint } from "../stack/orphansHint.ts";
import { runPulumi, upArguments } from "../stack/pulumi.ts";
import { openSession } from "../stack/session.ts";
import {
  type Target,
  type TargetValues,
  targetFlags,
  targetHelp,
  targetOf,
  targetOptions,
} from "../stack/target.ts";

/**
 * Measured: while a cell of 25 tenants is updated its engine and program take about 0.8 GiB and more than one processor,
 * so two suit a CI runner of two to four.
 */
const defaultParallel = 2;

const help = {
  usage: "npm run up -- [options] [-- options of pulumi up]",
  text: `Brings a stack up: gets an engine and, for dev, the embedded cluster, and runs \`pulumi up\` without asking.
Run again it changes nothing. What follows a second -- goes to pulumi: npm run up -- -- --diff

Then it waits until every active tenant's pod answers. Why one does not run, it says as soon as that is sure.

  --timeout N      seconds for the tenants of a cell to become ready after its update; 120 unless given
${nodesHelp}
${targetHelp}

All cells of a platform, in Pulumi.<stack>.yaml files that say openclaw:platform: {stack: …/PLATFORM}:
  --all-cells      canaries (openclaw:canary) first, one by one, then the others side by side; after a cell that fails,
                   or whose active tenants do not become ready, none further begins. The platform's own stack comes
                   before, by a run of its own. With --embedded on the embedded cluster, beside dev
  --platform NAME  whose cells, if there are several platforms
  --parallel N     cells at a time; ${defaultParallel} unless given
  --json           {"ok", "cells": [{"cell", "canary", "result", "created", "updated", "deleted", "seconds", "notReady":
                   [id], "log"}]}; result is "ready", "not ready", "failed", "interrupted" or "not started"`,
};

const allCellsOptions = {
  platform: { type: "string" },
  parallel: { type: "string" },
  ...timeoutOption,
  json: { type: "boolean" },
} as const;

const options = {
  ...targetOptions,
  ...nodesOptions,
  ...allCellsOptions,
  "all-cells": { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { values, rest } = parsed;
  if (values["all-cells"]) {
    refuseWithAllCells(values);
    const { upAllCells } = await import("../rollout/upAllCells.ts");
    const { embedded, context, engine, platform, json = false } = values;
    const parallel = parallelOf(values.parallel);
    const timeoutSeconds = timeoutOf(values.timeout);
    return upAllCells({
      values: { embedded, context, engine },
      platform,
      parallel,
      timeoutSeconds,
      json,
      rest,
    });
  }
  for (const name of ["platform", "parallel", "json"] as const) {
    if (values[name] !== undefined) {
      throw new UsageError(`--${name} requires --all-cells`);
    }
  }
  return upOne(values, timeoutOf(values.timeout), rest);
}

async function upOne(
  values: TargetValues & NodesValues,
  timeoutSeconds: number,
  rest: readonly string[],
): Promise<number> {
  const target = targetOf(values);
  const progress = terminalProgress();
  const engine = await openSession(target, progress, nodesChoice(values, target));
  // Pulumi may be in the middle of a line: off a terminal it writes dots while it works.
  const say = (line: string) => progress.say(`\n${line}`);
  const { code, troubles } = await updateWithReasons(target, say, () =>
    runPulumi(target, engine, upArguments(target, rest)),
  );
  if (code !== 0) {
    const why = whyTable(troubles);
    console.error(
      `${why === "" ? "" : `\n${why}\n`}\nThe update did not complete. What was done is saved; \`npm run up${targetFlags(target)}\` goes on from there.`,
    );
    for (const line of orphansHint(target)) {
      console.error(line);
    }
    return code;
  }
  const flags = targetFlags(target);
  // What the engine calls ready may run no pod.
  const rows = await rowsWhenReady(target, progress, timeoutSeconds);
  console.log(`\n${tenantTable(rows)}\n`);
  const unready = notReady(rows);
  if (unready.length > 0) {
    console.error(await unreadyReport(target, unready, timeoutSeconds));
    return 1;
  }
  const next = ["status", "preview", "down", "shell"].map((name) => `npm run ${name}${flags}`);
  console.log(`next: ${[...openCommand(target, rows), ...next].join("   ")}`);
  return 0;
}

/** The command that opens a running tenant, where one can be opened. */
function openCommand(target: Target, rows: readonly TenantRow[]): string[] {
  const id = rows.find(({ ready }) => ready)?.id;
  const runs = target.kind !== "embedded" || readNodeRecord(target.home) !== undefined;
  return runs && id !== undefined ? [`npm run open -- ${id}${targetFlags(target).replace(" --", "")}`] : [];
}

function parallelOf(text: string | undefined): number {
  const parallel = text === undefined ? defaultParallel : Number(text);
  if (!Number.isSafeInteger(parallel) || parallel < 1) {
    throw new UsageError(`--parallel ${text}: must be a whole number from 1`);
  }
  return parallel;
}

function refuseWithAllCells({ stack, tenants, nodes, image }: TargetValues & NodesValues): void {
  if (nodes !== undefined || image !== undefined) {
    throw new UsageError("--nodes and --image are for the run that makes the cluster, not for --all-cells");
  }
  if (stack !== targetOptions.stack.default || tenants !== undefined) {
    throw new UsageError("--all-cells takes every cell with its own tenants: neither --stack nor --tenants");
  }
}
