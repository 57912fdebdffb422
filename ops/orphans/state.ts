import { z } from "zod";
import { packageName } from "../../components/tencentcloud/tokens.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Found } from "./model.ts";

const resource = z.object({ urn: z.string(), type: z.string(), id: z.string().optional() });

/** A resource in the output of `pulumi stack export`, as far as it is read here. */
export type StateResource = z.infer<typeof resource>;

const exported = z.object({ deployment: z.object({ resources: z.array(resource).nullish() }).nullish() });

/** @throws UserError if the text is no export */
export function stateResources(text: string): StateResource[] {
  const parsed = exported.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new UserError("pulumi stack export printed something else than a stack's state.");
  }
  return parsed.data.deployment?.resources ?? [];
}

/** Last part of a URN. */
export const nameOf = ({ urn }: StateResource): string => urn.slice(urn.lastIndexOf("::") + 2);

export const idsOf = (state: readonly StateResource[], token: string): string[] =>
  state.flatMap(({ type, id }) => (type === token && id !== undefined ? [id] : []));

/**
 * Whether the state has a resource. An id may be one part of the state's, `cls-1#np-2` or `12.rtb-3`, but only of the
 * same type: that a node pool is known says nothing of its cluster.
 */
export function isKnown({ token, id }: Found, state: readonly StateResource[]): boolean {
  const ofType =
    token === undefined
      ? state.filter(({ type }) => type.startsWith(`${packageName}:`))
      : state.filter(({ type }) => type === token);
  return ofType.some(({ id: known = "" }) => known === id || known.split(/[#.]/).includes(id));
}
