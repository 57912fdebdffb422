import { z } from "zod";

/** Kubernetes objects, as far as they say why a tenant's pod does not run. */

const conditionSchema = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(""),
  message: z.string().default(""),
});

const metadataSchema = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  generation: z.number().default(0),
  labels: z.record(z.string(), z.string()).default({}),
  deletionTimestamp: z.string().optional(),
});

const conditions = { conditions: z.array(conditionSchema).default([]) };

const deploymentSchema = z.object({
  kind: z.literal("Deployment"),
  metadata: metadataSchema,
  spec: z.object({ replicas: z.number().default(1) }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      ...conditions,
    })
    .prefault({}),
});

const jobSchema = z.object({
  kind: z.literal("Job"),
  metadata: metadataSchema,
  status: z.object(conditions).prefault({}),
});

const terminatedSchema = z.object({
  exitCode: z.number(),
  reason: z.string().default(""),
  message: z.string().default(""),
});

const containerSchema = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  state: z
    .object({
      waiting: z.object({ reason: z.string().default(""), message: z.string().default("") }).optional(),
      running: z.object({}).optional(),
      terminated: terminatedSchema.optional(),
    })
    .prefault({}),
  lastState: z.object({ terminated: terminatedSchema.optional() }).prefault({}),
});

const podSchema = z.object({
  kind: z.literal("Pod"),
  metadata: metadataSchema,
  status: z
    .object({
      phase: z.string().default(""),
      reason: z.string().default(""),
      message: z.string().default(""),
      initContainerStatuses: z.array(containerSchema).default([]),
      containerStatuses: z.array(containerSchema).default([]),
      ...conditions,
    })
    .prefault({}),
});

const claimSchema = z.object({
  kind: z.literal("PersistentVolumeClaim"),
  metadata: metadataSchema,
  status: z.object({ phase: z.string().default("") }).prefault({}),
});

const eventSchema = z.object({
  kind: z.literal("Event"),
  reason: z.string().default(""),
  message: z.string().default(""),
  involvedObject: z.object({ uid: z.string().default("") }),
});

export type Deployment = z.infer<typeof deploymentSchema>;
export type Job = z.infer<typeof jobSchema>;
export type Pod = z.infer<typeof podSchema>;
export type ContainerStatus = z.infer<typeof containerSchema>;
export type Claim = z.infer<typeof claimSchema>;
export type Event = z.infer<typeof eventSchema>;

const objectSchema = z.discriminatedUnion("kind", [
  deploymentSchema,
  jobSchema,
  podSchema,
  claimSchema,
  eventSchema,
]);

/** The findings in the cluster. */
export interface Found {
  readonly deployments: readonly Deployment[];
  readonly jobs: readonly Job[];
  readonly pods: readonly Pod[];
  readonly claims: readonly Claim[];
  readonly events: readonly Event[];
}

export const nothingFound: Found = { deployments: [], jobs: [], pods: [], claims: [], events: [] };

/** The objects that `kubectl get … --output json` prints. Other kinds, and what cannot be read, are left out. */
export function foundIn(list: unknown): Found {
  const items = z.object({ items: z.array(z.unknown()) }).safeParse(list).data?.items ?? [];
  const objects = items.flatMap((item) => objectSchema.safeParse(item).data ?? []);
  const of = <K extends (typeof objects)[number]["kind"]>(kind: K) =>
    objects.filter((each): each is Extract<(typeof objects)[number], { kind: K }> => each.kind === kind);
  return {
    deployments: of("Deployment"),
    jobs: of("Job"),
    pods: of("Pod"),
    claims: of("PersistentVolumeClaim"),
    events: of("Event"),
  };
}

export const joined = (one: Found, other: Found): Found => ({
  deployments: [...one.deployments, ...other.deployments],
  jobs: [...one.jobs, ...other.jobs],
  pods: [...one.pods, ...other.pods],
  claims: [...one.claims, ...other.claims],
  events: [...one.events, ...other.events],
});

/** The counts of a Deployment's status. */
export interface Rollout {
  readonly generation: number;
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly availableReplicas: number;
}

/** Whether a pod of the template as it is now answers, and none of a former one is left. Not the engine's word for it. */
export const isRolledOut = (rollout: Rollout): boolean =>
  rollout.observedGeneration >= rollout.generation &&
  rollout.updatedReplicas >= 1 &&
  rollout.replicas === rollout.updatedReplicas &&
  rollout.availableReplicas >= 1;
