import { setTimeout as sleep } from "node:timers/promises";
import type { Kubectl } from "../stack/kubectl.ts";
import { look } from "./look.ts";
import type { Found } from "./objects.ts";
import { isLasting, type Reason } from "./reasons.ts";
import { failedJobs, reasonsByTenant } from "./tenants.ts";

/** The reason that a tenant's pod does not run. */
export interface Trouble extends Reason {
  readonly tenant: string;
}

const troubleText = ({ tenant, cause, text }: Trouble): string => `${tenant}: ${cause}: ${text}`;

/** @param ignoredJobs uids of Jobs that failed before */
export function troublesOf(found: Found, ignoredJobs: ReadonlySet<string> = new Set()): Trouble[] {
  const jobs = found.jobs.filter(({ metadata }) => !ignoredJobs.has(metadata.uid));
  return [...reasonsByTenant({ ...found, jobs })].flatMap(([tenant, reasons]) =>
    reasons.map((each) => ({ ...each, tenant })),
  );
}

const keyOf = ({ tenant, cause }: Trouble): string => `${tenant} ${cause}`;

/**
 * Tells troubles that are sure from those that may go by: one is told, once, when it lasts and was there at two looks in a
 * row. What was there at the first look is of the time before the update, and is told only if it goes away and comes back.
 */
export class Attention {
  private former: ReadonlySet<string> | undefined;
  private readonly told = new Set<string>();

  /** @returns what is to be told now, one for a tenant and cause */
  next(troubles: readonly Trouble[]): Trouble[] {
    const lasting = troubles.filter(isLasting);
    const present = new Set(lasting.map(keyOf));
    if (this.former === undefined) {
      for (const key of present) {
        this.told.add(key);
      }
    }
    const sure = lasting.filter((each) => this.former?.has(keyOf(each)) && !this.told.has(keyOf(each)));
    for (const key of this.told) {
      if (!present.has(key)) {
        this.told.delete(key);
      }
    }
    this.former = present;
    return sure.filter((each) => {
      const isFirst = !this.told.has(keyOf(each));
      this.told.add(keyOf(each));
      return isFirst;
    });
  }
}

export interface WatchOptions {
  readonly ids: readonly string[];
  /** Called with each line that is told. */
  readonly say: (line: string) => void;
  /** Milliseconds between two looks. */
  readonly interval?: number;
}

const usualInterval = 4000;

/**
 * Looks after tenants while something runs, and once more at its end if it does not end well. A cluster that does not
 * answer, or does not exist yet, is no reason for anything: then there is nothing to tell.
 *
 * @returns what it resolved to, and what was wrong at its end
 */
export async function watchWhile(
  kubectl: Kubectl,
  body: () => Promise<number>,
  { ids, say, interval = usualInterval }: WatchOptions,
): Promise<{ code: number; troubles: Trouble[] }> {
  const ended = new AbortController();
  let ignored: ReadonlySet<string> | undefined;
  const seen = async (): Promise<Trouble[] | undefined> => {
    try {
      const found = await look(kubectl, ids);
      ignored ??= failedJobs(found);
      return troublesOf(found, ignored);
    } catch {
      // Whatever it is: thrown here it would end this process, and leave an engine behind in the middle of an update.
      return undefined;
    }
  };
  const attention = new Attention();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      const troubles = await seen();
      if (troubles !== undefined && !ended.signal.aborted) {
        attention.next(troubles).map(troubleText).forEach(say);
      }
      await sleep(interval, undefined, { signal: ended.signal }).catch(() => {});
    }
  })();
  let code: number;
  try {
    code = await body();
  } finally {
    ended.abort();
    await watching;
  }
  return { code, troubles: code === 0 ? [] : ((await seen()) ?? []) };
}
