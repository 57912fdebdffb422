/**
 * Annotations that make an update wait until the controller has taken an object, and fail with the condition's message
 * where it refuses it. An object that is applied and not accepted is of no effect, or worse: a route without the policy
 * that was to protect it.
 *
 * Source: https://www.pulumi.com/registry/packages/kubernetes/ (`pulumi.com/waitFor`)
 */

const waitFor = (conditions: readonly string[]) => ({ "pulumi.com/waitFor": JSON.stringify(conditions) });

/** Of a GatewayClass. */
export const untilAccepted = () => waitFor(["condition=Accepted"]);

/** Of a Gateway or a ListenerSet: one of its listeners has a certificate and goes to the proxies. */
export const untilListening = (listener: string) =>
  waitFor([
    "condition=Accepted",
    "condition=Programmed",
    `jsonpath={.status.listeners[?(@.name=="${listener}")].conditions[?(@.type=="Programmed")].status}=True`,
  ]);

const conditionOf = (list: string, type: string) =>
  `jsonpath={.status.${list}.conditions[?(@.type=="${type}")].status}=True`;

/**
 * Of an HTTPRoute, which has a status for each parent: also for those that it has no more, which the controller keeps.
 *
 * @param parent the kind of its one parent
 */
export const untilRouted = (parent: "Gateway" | "ListenerSet") =>
  waitFor(
    ["Accepted", "ResolvedRefs"].map((type) =>
      conditionOf(`parents[?(@.parentRef.kind=="${parent}")]`, type),
    ),
  );

/** Of a policy, which has a status for each object that it applies to. */
export const untilInForce = () => waitFor([conditionOf("ancestors[0]", "Accepted")]);

/** The time that the controller may take, which needs a second or two. */
export const acceptance = { customTimeouts: { create: "1m", update: "1m" } } as const;

/** The same of the Gateway, whose proxies have to start, and whose load balancer has to get an address from the cloud. */
export const gatewayAcceptance = { customTimeouts: { create: "10m", update: "10m" } } as const;
