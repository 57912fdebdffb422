import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../../lib/terminal/errors.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import type { Progress, Step } from "../../lib/terminal/progress.ts";
import { stackOutputs } from "../stack/stackOutputs.ts";
import type { Target } from "../stack/target.ts";
import { rowsNow, type TenantRow } from "./tenantRows.ts";

/** Option of the commands that check health. */
export const timeoutOption = { timeout: { type: "string" } } as const;

const defaultTimeoutSeconds = 120;

const pollInterval = 1000;

/** @throws UsageError if it is no whole number of seconds */
export function timeoutOf(text: string | undefined): number {
  const seconds = Number(text ?? defaultTimeoutSeconds);
  if (text === "" || !Number.isSafeInteger(seconds) || seconds < 0) {
    throw new UsageError(`--timeout ${text}: must be whole seconds from 0`);
  }
  return seconds;
}

/** Ids of the active tenants whose instance does not answer. */
export function notReady(rows: readonly TenantRow[]): string[] {
  return rows.flatMap(({ id, state, ready }) => (state === "active" && !ready ? [id] : []));
}

/**
 * The tenants of a stack, as soon as every active one is ready; after so many seconds as they are then.
 *
 * @throws UserError if the stack has never been brought up or the cluster does not answer
 */
export async function rowsWhenReady(
  target: Target,
  progress: Progress,
  timeoutSeconds: number,
): Promise<TenantRow[]> {
  const outputs = await stackOutputs(target, progress);
  const deadline = Date.now() + timeoutSeconds * 1000;
  let step: Step | undefined;
  for (;;) {
    throwIfInterrupted();
    const rows = await rowsNow(target, outputs);
    const missing = notReady(rows);
    if (missing.length === 0) {
      step?.done();
      return rows;
    }
    if (Date.now() >= deadline) {
      step?.fail();
      return rows;
    }
    step ??= progress.step(`waiting for the pods of ${missing.join(", ")}`);
    await sleep(pollInterval);
  }
}
