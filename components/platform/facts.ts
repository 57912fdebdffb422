/**
 * The facts about a platform that its tenants need: plain data, so that a cell can take it from its own
 * settings or from the outputs of another stack alike.
 */
export interface PlatformFacts {
  /** Tenants are served at `<id>.<domain>`. */
  readonly domain: string;
  /** Port of the edge as browsers reach it by https. */
  readonly publicPort: number;
  readonly edge: EdgeFacts;
  readonly modelGateway: ModelGatewayFacts;
  readonly dns: DnsFacts;
}

/** The edge: an ingress controller that the cluster has, or Envoy Gateway, which the platform's stack makes. */
export type EdgeFacts =
  | (EdgeProxyFacts & { readonly kind: "ingress"; readonly ingressClass: string })
  | (EdgeProxyFacts & { readonly kind: "envoyGateway" });

interface EdgeProxyFacts {
  /** Namespace of the edge proxy: the only one that may open connections to a tenant. */
  readonly namespace: string;
  /** Networks the proxy's pods have addresses in; OpenClaw believes X-Forwarded-* from nobody else. */
  readonly proxyCidrs: readonly string[];
  /**
   * Whether the address that a kubelet probes pods from lies in `proxyCidrs`: so where it is one of the pods' network
   * (most overlays), not where it is the node's own (Terway, VPC-CNI). A tenant never becomes ready if this is wrong.
   */
  readonly proxiesIncludeNodes: boolean;
  /**
   * Header that names the signed-in user, by an e-mail address in lower case, where tenants say `auth: trusted-proxy`.
   * The edge sets it, and takes it out of what comes from outside: OpenClaw believes it.
   */
  readonly userHeader: string;
}

/** The port of https, which no URL has to name. */
export const defaultPublicPort = 443;

/** The header that tenants' edges have set since the first version. */
export const defaultUserHeader = "x-forwarded-user";

export interface ModelGatewayFacts {
  readonly namespace: string;
  /** Port of its pods, which is what a NetworkPolicy sees. */
  readonly port: number;
  /** Base URL of its OpenAI-compatible API. */
  readonly url: string;
}

export interface DnsFacts {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Addresses of a node-local DNS cache, which is no pod: `169.254.20.10/32` where it is installed. */
  readonly nodeLocalCidrs: readonly string[];
}
