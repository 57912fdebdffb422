import type { Timeline } from "./timeline.ts";

/** An event of a watch about one of a tenant's objects, and its time. */
export interface Sighting {
  /** Milliseconds, of whatever clock. */
  readonly at: number;
  readonly object: LiveObject;
}

/** The fields of objects that are read. */
export interface LiveObject {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly uid: string };
  readonly spec?: { readonly clusterIP?: string };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
  /** Data of a Secret, in base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** Made by the cluster and not by the update. */
const made = ["Pod"];

export type SeenMarks = Pick<Timeline, "applied" | "created" | "scheduled" | "ready">;

/**
 * The marks of a tenant's timeline among everything that was seen of it.
 *
 * @returns undefined while its pod is not ready
 */
export function seenMarks(sightings: readonly Sighting[]): SeenMarks | undefined {
  const first = firstSightings(sightings);
  const applied = first.filter(({ object }) => !made.includes(object.kind)).map(({ at }) => at);
  const [created, scheduled, ready] = [
    first.find(({ object }) => object.kind === "Pod")?.at,
    firstWith(sightings, "PodScheduled"),
    firstWith(sightings, "Ready"),
  ];
  return created === undefined || scheduled === undefined || ready === undefined
    ? undefined
    : { applied: Math.max(...applied), created, scheduled, ready };
}

function firstSightings(sightings: readonly Sighting[]): Sighting[] {
  return [...Map.groupBy(sightings, ({ object }) => object.metadata.uid).values()].flatMap((all) =>
    all.slice(0, 1),
  );
}

/** When the pod was first seen with this condition. */
function firstWith(sightings: readonly Sighting[], condition: string): number | undefined {
  return sightings.find(
    ({ object: { kind, status } }) =>
      kind === "Pod" &&
      status?.conditions?.some(({ type, status: value }) => type === condition && value === "True"),
  )?.at;
}
