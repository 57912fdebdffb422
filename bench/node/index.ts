import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { namespaceName } from "../../components/names.ts";
import { type EngineKind, nodeName } from "../../embedded/index.ts";
import { type Progress, secondsText } from "../../lib/terminal/progress.ts";
import { type BenchCell, openBenchCell } from "../cell.ts";
import { tenantId } from "../samples.ts";
import { type Api, openApi } from "./api.ts";
import { chat } from "./chat.ts";
import { type Crowd, fillNode } from "./crowd.ts";
import { observe, type ReadyTenant } from "./observe.ts";
import { containerStarts, machineStart, podProcesses } from "./processes.ts";
import type { Timeline } from "./timeline.ts";
import { type PodUsage, podUsages } from "./usage.ts";

/** One tenant of the smallest plan, from its file to an answer. */
export interface NodeRun {
  readonly timeline: Timeline;
  /** Processor seconds of its pod up to the first answer. */
  readonly processorSeconds: number;
  /** The memory of its pod after `chats`. */
  readonly chattedMiB: number;
}

export interface NodeFigures {
  /** The description of the engine's parts. */
  readonly engine: string;
  readonly runs: readonly NodeRun[];
  readonly crowd: Crowd | undefined;
}

/** Chats before memory is looked at. */
export const chats = 5;

/** Milliseconds for the kubelet to take a suspended tenant's pod away. */
const endPatience = 60_000;

/**
 * Measures tenants on an embedded cluster with a real node of its own, one after the other. Each is suspended before the
 * next; one more goes before them all, so that none finds the machine cold.
 *
 * @param withCrowd whether the node is filled with tenants at the end, which takes minutes
 */
export async function benchNode(
  runs: number,
  withCrowd: boolean,
  engine: EngineKind | undefined,
  progress: Progress,
): Promise<NodeFigures> {
  const cell = await openBenchCell({ nodes: { nodes: "real" }, engine, progress });
  try {
    await cell.up();
    const api = openApi(await readFile(join(cell.home, "kubeconfig"), "utf8"));
    const measured: NodeRun[] = [];
    for (let index = 0; index <= runs; index++) {
      const step = progress.step(index === 0 ? "a tenant to warm up" : `tenant ${index} of ${runs}`);
      const run = await addTenant(cell, api);
      measured.push(...(index === 0 ? [] : [run]));
      await cell.suspendNewest();
      await cell.up();
      await waitUntilGone(cell, tenantId(cell.size() - 1));
      const { ready, answered } = run.timeline;
      step.done(
        `tenant ${index}: Ready after ${secondsText(ready)}, first answer after ${secondsText(answered)}`,
      );
    }
    return {
      engine: cell.engine,
      runs: measured,
      crowd: withCrowd ? await fillNode(cell, api, progress) : undefined,
    };
  } finally {
    await cell.close();
  }
}

async function addTenant(cell: BenchCell, api: Api): Promise<NodeRun> {
  const id = tenantId(cell.size());
  await cell.grow(cell.size() + 1);
  const observation = await observe(api, id);
  try {
    const started = performance.now();
    const updated = cell.up().then(() => performance.now());
    // An update that fails ends the wait for a pod that will not come.
    const tenant = await Promise.race([observation.ready, updated.then(() => observation.ready)]);
    const processes = podProcesses(tenant.podUid);
    await chat(tenant);
    const answered = performance.now();
    const { processorSeconds } = await usageOf(api, tenant);
    const timeline = await timelineOf(tenant, await processes, { started, answered, updated: await updated });
    for (let count = 1; count < chats; count++) {
      await chat(tenant);
    }
    return { timeline, processorSeconds, chattedMiB: (await usageOf(api, tenant)).memoryMiB };
  } finally {
    observation.close();
  }
}

async function timelineOf(
  { marks, podUid }: ReadyTenant,
  processes: Awaited<ReturnType<typeof podProcesses>>,
  own: { readonly started: number; readonly answered: number; readonly updated: number },
): Promise<Timeline> {
  const [sandbox, container] = containerStarts(processes);
  if (sandbox === undefined || container === undefined) {
    throw new Error(
      `pod ${podUid} has ${processes.length} processes, and not those of a sandbox and a container`,
    );
  }
  const boot = await machineStart();
  const since = (at: number) => Math.round(at - own.started);
  return {
    applied: since(marks.applied),
    created: since(marks.created),
    scheduled: since(marks.scheduled),
    sandboxed: since(boot + sandbox * 1000),
    started: since(boot + container * 1000),
    ready: since(marks.ready),
    answered: since(own.answered),
    updated: since(own.updated),
  };
}

async function usageOf(api: Api, { podUid }: ReadyTenant): Promise<PodUsage> {
  const usage = (await podUsages(api, nodeName)).get(podUid);
  if (usage === undefined) {
    throw new Error(`the kubelet knows nothing of pod ${podUid}`);
  }
  return usage;
}

async function waitUntilGone(cell: BenchCell, id: string): Promise<void> {
  for (const deadline = Date.now() + endPatience; Date.now() < deadline; await sleep(200)) {
    if ((await cell.kubectl("get", "pods", "--namespace", namespaceName(id), "--output", "name")) === "") {
      return;
    }
  }
  throw new Error(`the suspended tenant ${id} still has a pod`);
}
