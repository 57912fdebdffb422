import { setTimeout as sleep } from "node:timers/promises";
import { workloadSelectorText } from "../../components/labels.ts";
import { nodeName } from "../../embedded/index.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import type { BenchCell } from "../cell.ts";
import { median } from "../samples.ts";
import type { Api } from "./api.ts";
import { podUsages } from "./usage.ts";

/** Idle tenants of the smallest plan, as many as the node takes. */
export interface Crowd {
  readonly tenants: number;
  /** The scheduler's message about the first pod that does not fit. */
  readonly refused: string;
  /** Median of the tenants' pods, which have not been spoken to. */
  readonly idleMiB: number;
  /** The memory of all of them. */
  readonly totalMiB: number;
}

/** Tenants to an update. */
const groupSize = 4;

/** Milliseconds for tenants that start all at once. */
const groupPatience = 600_000;

/** Milliseconds for which a refusal must stand: Jobs that make tenants' accounts want room as well, for seconds. */
const refusalPatience = 45_000;

/** Milliseconds after which a started tenant is idle. */
const calm = 60_000;

/** The fields of a list of pods that are read. */
interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly uid: string };
    readonly status: {
      readonly conditions?: readonly {
        readonly type: string;
        readonly status: string;
        readonly reason?: string;
        readonly message?: string;
      }[];
    };
  }[];
}

/** Adds tenants until one finds no room. Others must be suspended. */
export async function fillNode(cell: BenchCell, api: Api, progress: Progress): Promise<Crowd> {
  for (;;) {
    const step = progress.step(`filling the node: ${cell.size() + groupSize} tenants`);
    await cell.grow(cell.size() + groupSize);
    // It waits for pods that never come, and goes with the cell.
    const update = cell.up().catch(() => undefined);
    const { ready, refused } = await settled(api, update);
    step.done(`filling the node: ${ready.length} tenants run`);
    if (refused !== undefined) {
      await sleep(calm);
      const usages = await podUsages(api, nodeName);
      const memory = ready.map((uid) => usages.get(uid)?.memoryMiB ?? Number.NaN);
      return {
        tenants: ready.length,
        refused,
        idleMiB: median(memory),
        totalMiB: memory.reduce((sum, each) => sum + each, 0),
      };
    }
  }
}

/** Waits until every tenant's pod is either Ready or refused. @throws Error if that takes too long */
async function settled(
  api: Api,
  update: Promise<unknown>,
): Promise<{ readonly ready: readonly string[]; readonly refused: string | undefined }> {
  let isUpdated = false;
  update.then(() => {
    isUpdated = true;
  });
  // A tenant's Jobs have pods as well, which are never Ready once they have ended.
  const path = `/api/v1/pods?${new URLSearchParams({ labelSelector: workloadSelectorText })}`;
  let refusedSince = Number.POSITIVE_INFINITY;
  for (const deadline = Date.now() + groupPatience; Date.now() < deadline; await sleep(1000)) {
    const { ready, refusals, isWaiting } = podStates((await api.get(path)) as PodList);
    const isRefused = !isWaiting && refusals.length > 0;
    refusedSince = isRefused ? Math.min(refusedSince, Date.now()) : Number.POSITIVE_INFINITY;
    if ((!isWaiting && isUpdated) || Date.now() - refusedSince > refusalPatience) {
      return { ready, refused: refusals[0] };
    }
  }
  throw new Error(`tenants of one update are neither ready nor refused after ${groupPatience / 1000} s`);
}

/** Uids of pods that are Ready, what the scheduler says of those that it has no room for, and whether there are others. */
export function podStates({ items }: PodList): {
  readonly ready: string[];
  readonly refusals: string[];
  readonly isWaiting: boolean;
} {
  const conditionsOf = ({ status }: PodList["items"][number]) => status.conditions ?? [];
  const ready = items
    .filter((pod) => conditionsOf(pod).some(({ type, status }) => type === "Ready" && status === "True"))
    .map(({ metadata }) => metadata.uid);
  const refusals = items
    .flatMap(conditionsOf)
    .flatMap(({ reason, message }) => (reason === "Unschedulable" ? [message ?? reason] : []));
  return { ready, refusals, isWaiting: ready.length + refusals.length < items.length };
}
