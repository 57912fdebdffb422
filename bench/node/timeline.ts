/**
 * When what happened to one tenant, in milliseconds since its `pulumi up` began, in the order in which it happens.
 * `applied` may come before or after the pod is there.
 */
export interface Timeline {
  /** The last of its objects was applied. */
  readonly applied: number;
  readonly created: number;
  readonly scheduled: number;
  /** The pod's volume is mounted, its network is there, and its first process, `pause`, runs. */
  readonly sandboxed: number;
  /** The first process of OpenClaw's container runs. */
  readonly started: number;
  readonly ready: number;
  /** The first chat's answer is there. */
  readonly answered: number;
  /** `pulumi up` ended. */
  readonly updated: number;
}

/** Marks that follow each other, and what lies before each: the parts that the time to the first answer is made of. */
export const phases = [
  { mark: "created", name: "engine", what: "`pulumi up` until the pod is created" },
  { mark: "scheduled", name: "scheduling", what: "a node is found" },
  { mark: "sandboxed", name: "sandbox", what: "volume, network" },
  { mark: "started", name: "container", what: "root file system, first process" },
  { mark: "ready", name: "OpenClaw", what: "its start, until the pod is Ready" },
  { mark: "answered", name: "first chat", what: "question to whole answer" },
] as const satisfies readonly {
  readonly mark: keyof Timeline;
  readonly name: string;
  readonly what: string;
}[];

export type Phase = (typeof phases)[number]["name"];

/**
 * Seconds of each part. Together they are the time to the first answer.
 *
 * @throws RangeError if marks are not in order: a clock or an event is not what it is taken for
 */
export function phaseSeconds(timeline: Timeline): Record<Phase, number> {
  const lengths = phases.map(({ mark, name }, index) => {
    const before = phases[index - 1]?.mark;
    const length = timeline[mark] - (before === undefined ? 0 : timeline[before]);
    // Processes tell their start in hundredths of a second.
    if (!(length > -10)) {
      throw new RangeError(`${name} took ${length} ms: ${JSON.stringify(timeline)}`);
    }
    return [name, Math.max(0, length) / 1000];
  });
  return Object.fromEntries(lengths);
}
