import * as pulumi from "@pulumi/pulumi";
import { withoutStackTraces } from "./stackTraces.ts";

/**
 * How the program stays quick and small however many components it registers. The SDK keeps some hundred promises
 * for every resource in flight and formats a stack trace for each; docs/performance.md has what these two steps
 * bring.
 */

/**
 * Up to this many components are registered all at once. The engine then makes the small objects of all before the
 * Deployments, which wait for them, and so writes less state at every step.
 */
const atOnce = 100;

/** The number of components in flight if there are more: enough to keep engine and cluster busy in little memory. */
const inFlightOfMany = 6;

/** A component that knows when its children are registered, or have failed to. */
export interface Registering {
  /** Never rejects: the SDK itself reports a registration that failed. */
  readonly settled: Promise<unknown>;
}

/**
 * Creates a component for every item, a bounded number at a time, in order.
 *
 * While the loop waits nothing but the SDK runs, and its stack traces are left out; while `create` runs they are
 * kept, so that an error in a component still says where it comes from.
 */
export async function registerEach<Item, Component extends Registering>(
  items: readonly Item[],
  create: (item: Item) => Component,
): Promise<Component[]> {
  const bound = items.length <= atOnce ? atOnce : inFlightOfMany;
  const inFlight = new Set<Promise<unknown>>();
  const components: Component[] = [];
  for (const item of items) {
    const component = create(item);
    components.push(component);
    inFlight.add(component.settled);
    component.settled.then(() => inFlight.delete(component.settled));
    if (inFlight.size >= bound) {
      await withoutStackTraces(() => Promise.race(inFlight));
    }
  }
  await withoutStackTraces(() => Promise.all(inFlight));
  return components;
}

/** Settles when every resource has its URN or has failed. */
export function registered(resources: readonly pulumi.Resource[]): Promise<unknown> {
  return Promise.allSettled(
    resources.map((resource) => pulumi.runtime.serializeProperties("urn", { urn: resource.urn })),
  );
}
