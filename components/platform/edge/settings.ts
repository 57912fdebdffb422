import { z } from "zod";
import { isPinned } from "../../pinnedImage.ts";
import type { EdgeFacts } from "../facts.ts";

const image = (example: string) =>
  z.string().refine(isPinned, { error: `must be pinned by a version or a digest, e.g. ${example}` });

/** The controller is of the version that test/engine/edge.test.ts runs; its release notes say which Envoy it supports. */
const published = {
  controller: "docker.io/envoyproxy/gateway:v1.9.1",
  proxy: "docker.io/envoyproxy/envoy:distroless-v1.39.3",
} as const;

/** Settings of an edge of kind `envoyGateway`, for the stack that owns the platform. */
export const gatewaySettingsSchema = z.strictObject({
  /** The Secret of type kubernetes.io/tls in the edge's namespace with the certificate for `*.<domain>`. @example wildcard-tls */
  certificate: z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/),
  images: z
    .strictObject({
      /** Envoy Gateway, which also ends connections before a proxy stops. @default docker.io/envoyproxy/gateway:v1.9.1 */
      controller: image(published.controller).default(published.controller),
      /** Envoy. @default docker.io/envoyproxy/envoy:distroless-v1.39.3 */
      proxy: image(published.proxy).default(published.proxy),
    })
    .prefault({}),
  /** Proxies, each with limits of its own. @default 2 */
  replicas: z.int().min(1).max(50).default(2),
  /** Seconds that a proxy which is to stop leaves open WebSockets alone. @default 300 */
  drainSeconds: z.int().min(5).max(3300).default(300),
  service: z
    .strictObject({
      /** Type of the proxies' Service. @default LoadBalancer */
      type: z.enum(["LoadBalancer", "ClusterIP"]).default("LoadBalancer"),
      /** Annotations that the cloud's load balancer reads. @default none */
      annotations: z.record(z.string(), z.string()).default({}),
    })
    .prefault({}),
});

export type GatewaySettings = z.infer<typeof gatewaySettingsSchema>;

/** The settings of an edge in two: what its tenants need to know, and what its controller is made of. */
export function edgeOf(edge: EdgeSettings): {
  readonly facts: EdgeFacts;
  readonly gateway: GatewaySettings | undefined;
} {
  if (edge.kind === "ingress") {
    return { facts: edge, gateway: undefined };
  }
  const { gateway, ...facts } = edge;
  return { facts, gateway };
}

type Kind<K> = EdgeFacts & { readonly kind: K };
export type EdgeSettings = Kind<"ingress"> | (Kind<"envoyGateway"> & { readonly gateway: GatewaySettings });
