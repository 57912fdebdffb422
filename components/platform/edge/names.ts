import { labelKeys } from "../../labels.ts";

/** Names of the edge's objects, all of them in its namespace but the GatewayClass. */
export const edgeNames = {
  gatewayClass: "openclaw-edge",
  gateway: "edge",
  controller: "envoy-gateway",
  certificates: "envoy-gateway-certgen",
  /** The answer to requests for a suspended tenant, as a page and as JSON. */
  suspendedPage: "suspended-page",
  suspendedJson: "suspended-json",
} as const;

/** The API groups of what the edge is declared with. */
export const gatewayApi = "gateway.networking.k8s.io/v1";
export const envoyApi = "gateway.envoyproxy.io/v1alpha1";

/**
 * The label of an HTTPRoute whose requests need no sign-in at the edge. Without it the Gateway's own policy refuses all of
 * them, so a route that somebody forgets to protect is closed.
 */
export const openRoute = { [labelKeys.signIn]: "none" } as const;

/** The listeners of the Gateway. */
export const listeners = { http: "http", https: "https" } as const;
