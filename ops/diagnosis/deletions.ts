import { z } from "zod";
import { namespaceName, objectNames } from "../../components/names.ts";
import { servicesNamespace } from "../../components/services/namespace.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Kubectl } from "../stack/kubectl.ts";

/** A claim or a namespace that somebody has deleted and that is there until nothing uses it any more; its data goes with it. */
export interface Deletion {
  readonly kind: "namespace" | "claim";
  readonly namespace: string;
  readonly name: string;
  /** When it was deleted, ISO 8601. */
  readonly since: string;
  /** Persistent volumes that are deleted with it, unless they are retained. */
  readonly volumes: readonly string[];
}

const metadataSchema = z.object({
  name: z.string(),
  namespace: z.string().default(""),
  deletionTimestamp: z.string().optional(),
});

const objectSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("Namespace"), metadata: metadataSchema }),
  z.object({
    kind: z.literal("PersistentVolumeClaim"),
    metadata: metadataSchema,
    spec: z.object({ volumeName: z.string().default("") }).prefault({}),
  }),
]);

const listSchema = z.object({ items: z.array(objectSchema) });

/**
 * The objects of these tenants, and of the services that all share, that are being deleted: a pure reading of
 * namespaces and claims.
 *
 * @param list what `kubectl get namespaces,persistentvolumeclaims --all-namespaces --output json` says
 */
export function deletionsIn(list: unknown, ids: readonly string[]): Deletion[] {
  const { items } = listSchema.parse(list);
  const tenants = new Set(ids.map(namespaceName));
  const claims = items.flatMap((item) => (item.kind === "PersistentVolumeClaim" ? [item] : []));
  // A backup's claim in a tenant's namespace comes and goes with its pod.
  const holdsData = ({ metadata: { namespace, name } }: (typeof claims)[number]) =>
    namespace === servicesNamespace || (tenants.has(namespace) && name === objectNames.volumeClaim);
  const held = claims.filter(holdsData);
  const volumesOf = (of: typeof claims) => of.flatMap(({ spec }) => spec.volumeName || []);
  return [
    ...items.flatMap(({ kind, metadata: { name, deletionTimestamp: since } }) =>
      kind === "Namespace" && since !== undefined && (tenants.has(name) || name === servicesNamespace)
        ? [
            {
              kind: "namespace" as const,
              namespace: name,
              name,
              since,
              volumes: volumesOf(held.filter(({ metadata }) => metadata.namespace === name)),
            },
          ]
        : [],
    ),
    ...held.flatMap((claim) => {
      const { namespace, name, deletionTimestamp: since } = claim.metadata;
      return since === undefined
        ? []
        : [{ kind: "claim" as const, namespace, name, since, volumes: volumesOf([claim]) }];
    }),
  ];
}

/**
 * The objects that are being deleted now.
 *
 * @throws UserError if there is no kubectl, or the cluster does not answer
 */
export async function deletionsNow(kubectl: Kubectl, ids: readonly string[]): Promise<Deletion[]> {
  const args = ["get", "namespaces,persistentvolumeclaims", "--all-namespaces", "--output", "json"];
  return deletionsIn(jsonOf(await kubectl.succeed(args)), ids);
}

const saving = (volume: string): string =>
  `  kubectl patch pv ${volume} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;

/** Objects that are being deleted, since when, and how their data is saved; empty if there are none. */
export function deletionsText(deletions: readonly Deletion[]): string {
  if (deletions.length === 0) {
    return "";
  }
  const volumes = [...new Set(deletions.flatMap((each) => each.volumes))];
  return [
    ...deletions.map(
      ({ kind, namespace, name, since }) =>
        `The ${kind} ${kind === "claim" ? `${name} in ${namespace}` : name} is being deleted (since ${since}): ` +
        (kind === "claim"
          ? "its volume is destroyed when the pod that uses it ends."
          : "all that is in it ends, volumes too."),
    ),
    ...(volumes.length === 0 ? [] : ["Save the data first:", ...volumes.map(saving)]),
    'Then docs/operations.md, "A claim is being deleted".',
  ].join("\n");
}

/**
 * Refuses to go on where that would end a pod whose volume is destroyed with it.
 *
 * @throws UserError with what is being deleted
 */
export async function refuseDeletions(kubectl: Kubectl, ids: readonly string[]): Promise<void> {
  const deletions = await deletionsNow(kubectl, ids);
  if (deletions.length > 0) {
    throw new UserError(`Nothing was changed.\n${deletionsText(deletions)}`);
  }
}
