import type * as pulumi from "@pulumi/pulumi";
import { RandomString } from "@pulumi/random";
import { knownValue } from "./knownValue.ts";

/**
 * The owner of an object that outlives its resource, or that another stack could have made: the stack, and the
 * state that knows it. Two clones of one repository have stacks of one name, and each its own state.
 */
export interface Owner {
  /** Name of the stack. */
  readonly stack: string;
  /** Identity of the stack's state: random, made once. Not known to the preview of a stack's first update. */
  readonly state: string | undefined;
}

/** The owner that a stack's own objects are marked with. */
export interface MarkingOwner extends Owner {
  readonly mark: pulumi.Input<string>;
}

/** The owner of an object without a mark, as messages and adoptions name it. */
export const unmarked = "unmarked";

/** `dev/k3vq0c71t9ab`, the value of the annotation `openclaw.ai/owned-by`; none before the state has its identity. */
export const markOf = ({ stack, state }: Owner): string | undefined =>
  state === undefined ? undefined : markText(stack, state);

const markText = (stack: string, state: string): string => `${stack}/${state}`;

/** Letters and digits of a state's identity: 62 bits, enough to tell any two states apart. */
const identityLength = 12;

/** The identity of this stack's state, the first of its resources. It is no secret. */
export async function ownerOf(stack: string, opts: pulumi.CustomResourceOptions): Promise<MarkingOwner> {
  const characters = { length: identityLength, special: false, upper: false };
  const { result } = new RandomString("state-identity", characters, opts);
  // Not the plain value: what bears the mark then depends on it, so that a refused `destroy` keeps the identity.
  const mark = result.apply((state) => markText(stack, state));
  return { stack, state: await knownValue(result), mark };
}
