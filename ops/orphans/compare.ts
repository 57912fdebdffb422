import { importOf } from "./importCommand.ts";
import type { Findings, Found, Orphan } from "./model.ts";
import { isKnown, nameOf, type StateResource } from "./state.ts";
import { cloudType, cloudTypes, typeOfToken } from "./types.ts";

/** Types of resources that make others, which carry the maker's tags. */
const makers = new Set(
  ["kubernetes_cluster", "kubernetes_native_node_pool"].map((each) => cloudType(each).token),
);

/** The found resources that the state does not have, in the order of deletion. */
export function compared(
  found: readonly Found[],
  state: readonly StateResource[],
  stack: string,
): Omit<Findings, "gaps"> {
  const all = merged(found);
  const unknown = all.filter((each) => !isKnown(each, state));
  const machines = unknown.filter((each) => isMade(each, state));
  const orphans = unknown
    .filter((each) => !machines.includes(each))
    .map((each): Orphan => ({ ...each, import: importOf(each, stack, state), delete: deletionOf(each) }))
    .toSorted((one, other) => rankOf(one) - rankOf(other) || one.id.localeCompare(other.id));
  return { orphans, machines, known: all.length - unknown.length };
}

/** Merges resources that were found by their tags and again by their names. */
function merged(found: readonly Found[]): Found[] {
  const byId = new Map<string, Found>();
  for (const each of found) {
    const key = `${each.kind} ${each.id}`;
    const { name, resource, created } = byId.get(key) ?? {};
    byId.set(key, {
      ...each,
      name: each.name ?? name,
      resource: each.resource ?? resource,
      created: each.created ?? created,
    });
  }
  return [...byId.values()];
}

/** A node pool's machines, or a cluster's own load balancer: their tag names a maker in the state that is no such thing. */
function isMade({ token, resource }: Found, state: readonly StateResource[]): boolean {
  return state.some((each) => makers.has(each.type) && each.type !== token && nameOf(each) === resource);
}

function deletionOf({ token, id, region, kind }: Found): readonly string[] {
  return typeOfToken(token)?.deletion(id, region) ?? [`console: search for ${id} (${kind})`];
}

/** The rank of a type in the order of deletion; unknown ones come last. */
function rankOf({ token }: Found): number {
  const index = cloudTypes.findIndex((type) => type.token === token);
  return index === -1 ? cloudTypes.length : index;
}
