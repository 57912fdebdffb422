import { z } from "zod";

/** The progress of a Job and its pods. */

const terminatedSchema = z.object({ exitCode: z.number(), message: z.string().optional() });

const containerSchema = z.object({
  name: z.string(),
  state: z
    .object({
      waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
      running: z.object({}).optional(),
      terminated: terminatedSchema.optional(),
    })
    .prefault({}),
});

const podSchema = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: z.string() }),
  status: z.object({
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
      .default([]),
    initContainerStatuses: z.array(containerSchema).default([]),
    containerStatuses: z.array(containerSchema).default([]),
  }),
});

export type PodStatus = z.infer<typeof podSchema>;

export const podsSchema = z.object({ items: z.array(podSchema) });

export const jobSchema = z.object({
  metadata: z.object({ creationTimestamp: z.string() }),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
        .default([]),
    })
    .prefault({}),
});

export type JobStatus = z.infer<typeof jobSchema>;

/** Whether it has come to its end, and to which. */
export function outcomeOf({ status }: JobStatus): "running" | "complete" | "failed" {
  const holds = (type: string) =>
    status.conditions.some((each) => each.type === type && each.status === "True");
  if (holds("Complete")) {
    return "complete";
  }
  return holds("Failed") ? "failed" : "running";
}

const containersOf = ({ status }: PodStatus) => [
  ...status.initContainerStatuses,
  ...status.containerStatuses,
];

/** Reasons for which a container waits that are no trouble. */
const ordinary = new Set(["ContainerCreating", "PodInitializing", undefined]);

/** The activity of the newest pod: the step that runs, or what it waits for. */
export function activityOf(pods: readonly PodStatus[]): string {
  const pod = newest(pods);
  if (pod === undefined) {
    return "no pod yet";
  }
  const containers = containersOf(pod);
  const stuck = containers.find(({ state }) => !ordinary.has(state.waiting?.reason));
  if (stuck !== undefined) {
    return `${stuck.name}: ${stuck.state.waiting?.message ?? stuck.state.waiting?.reason}`;
  }
  const unscheduled = pod.status.conditions.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  if (unscheduled !== undefined) {
    return `pending: ${unscheduled.message ?? "no node yet"}`;
  }
  return containers.find(({ state }) => state.running !== undefined)?.name ?? "starting";
}

/** The log tail of the failed step, after its name; of the newest pod with one. */
export function failureOf(pods: readonly PodStatus[]): string | undefined {
  for (const pod of byAge(pods).toReversed()) {
    const failed = containersOf(pod).find(({ state }) => (state.terminated?.exitCode ?? 0) !== 0);
    if (failed !== undefined) {
      const { exitCode, message } = failed.state.terminated ?? {};
      return `${failed.name}: ${message?.trim() || `exit code ${exitCode}`}`;
    }
  }
  return undefined;
}

const newest = (pods: readonly PodStatus[]): PodStatus | undefined => byAge(pods).at(-1);

const byAge = (pods: readonly PodStatus[]): PodStatus[] =>
  pods.toSorted((one, other) =>
    one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp),
  );
