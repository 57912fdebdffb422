import { type PlanName, plans } from "../../../tenants/plans.ts";
import { skipAwait } from "../../kubernetesObject.ts";
import { labelKeys, managedBy, managedByLabel } from "../../labels.ts";
import type { Declared } from "./gateway.ts";
import { edgeNames, envoyApi } from "./names.ts";
import { html, limitedJson, retryAfter, startingPage, suspendedJson, suspendedPage } from "./pages.ts";

const labels = { [managedByLabel]: managedBy };

const inline = (contentType: string, body: string) => ({
  contentType,
  body: { type: "Inline", inline: body },
});
const header = (name: string, seconds: number) => ({ header: { set: [{ name, value: `${seconds}` }] } });

const limited = {
  ...inline("application/json", limitedJson),
  ...header("Retry-After", retryAfter.limited),
};

/**
 * The limits of a plan, one object for the routes of all its tenants: each route has a bucket of its own, while every
 * further policy of this kind is a further filter that everybody's requests pass.
 *
 * Only answers of the edge itself are replaced; OpenClaw's own pass as they are.
 */
export function planLimitsSpec(plan: PlanName, namespace: string): Declared {
  const { requestsPerMinute, requestsInFlight } = plans[plan];
  return {
    apiVersion: envoyApi,
    kind: "BackendTrafficPolicy",
    // No route has the label before its plan has a tenant, and until then the controller says nothing about it.
    metadata: { name: `plan-${plan}`, namespace, labels, annotations: { ...skipAwait } },
    spec: {
      targetSelectors: [
        {
          group: "gateway.networking.k8s.io",
          kind: "HTTPRoute",
          matchLabels: { [labelKeys.plan]: plan },
        },
      ],
      rateLimit: {
        type: "Local",
        local: { rules: [{ limit: { requests: requestsPerMinute, unit: "Minute" } }] },
      },
      circuitBreaker: {
        maxConnections: requestsInFlight,
        maxParallelRequests: requestsInFlight,
        maxPendingRequests: requestsInFlight,
        maxParallelRetries: 1,
      },
      timeout: {
        tcp: { connectTimeout: "5s" },
        http: {
          requestTimeout: "0s",
          connectionIdleTimeout: "3600s",
          maxConnectionDuration: "0s",
          streamIdleTimeout: "3600s",
        },
      },
      responseOverride: [
        { match: { statusCodes: [{ type: "Value", value: 429 }] }, source: "Local", response: limited },
        {
          match: {
            statusCodes: [{ type: "Value", value: 503 }],
            responseHeaders: [{ name: "x-envoy-overloaded", value: { type: "Exact", value: "true" } }],
          },
          source: "Local",
          response: { ...limited, statusCode: 429 },
        },
        {
          match: { statusCodes: [{ type: "Value", value: 503 }] },
          source: "Local",
          response: { ...inline(html, startingPage), ...header("Retry-After", retryAfter.starting) },
        },
      ],
    },
  };
}

/** The answers to requests for suspended tenants, which routes of all of them name. */
export function suspendedAnswerSpecs(namespace: string): readonly [Declared, Declared] {
  const answer = (name: string, contentType: string, body: string): Declared => ({
    apiVersion: envoyApi,
    kind: "HTTPRouteFilter",
    // The controller writes no status on this kind: the route says whether it found its filter.
    metadata: { name, namespace, labels, annotations: { ...skipAwait } },
    spec: { directResponse: { statusCode: 403, ...inline(contentType, body) } },
  });
  return [
    answer(edgeNames.suspendedPage, html, suspendedPage),
    answer(edgeNames.suspendedJson, "application/json", suspendedJson),
  ];
}
