import type { Tenant } from "../../tenants/schema.ts";
import { skipAwait } from "../kubernetesObject.ts";
import { labelKeys, tenantLabels } from "../labels.ts";
import { gatewayPort, namespaceName } from "../names.ts";
import { untilListening, untilRouted } from "../platform/edge/conditions.ts";
import type { Declared } from "../platform/edge/gateway.ts";
import { edgeNames, envoyApi, gatewayApi, listeners, openRoute } from "../platform/edge/names.ts";

/**
 * What a tenant has at an edge of kind `envoyGateway`, all of it in the edge's namespace: nothing of the edge is in reach of
 * the tenant, and the controller needs no right in a tenant's namespace.
 */

const envoyGroup = "gateway.envoyproxy.io";
const gatewayGroup = "gateway.networking.k8s.io";

/** Name of the Secret in the edge's namespace with the certificate of a tenant's own host. */
export const ownCertificate = (id: string): string => `${namespaceName(id)}-tls`;

/** The Service as the edge reaches it: by address, without a name to be resolved. @param clusterIP of the Service */
export function backendSpec<Address>(tenant: Tenant, namespace: string, clusterIP: Address) {
  return {
    apiVersion: envoyApi,
    kind: "Backend",
    metadata: {
      name: namespaceName(tenant.id),
      namespace,
      labels: tenantLabels(tenant),
      // The route's condition ResolvedRefs says whether it is right.
      annotations: { ...skipAwait },
    },
    spec: { endpoints: [{ ip: { address: clusterIP, port: gatewayPort } }] },
  };
}

/** The listener of a tenant's own host, whose certificate is its own too. */
export function listenerSetSpec(tenant: Tenant & { readonly host: string }, namespace: string): Declared {
  const name = namespaceName(tenant.id);
  return {
    apiVersion: gatewayApi,
    kind: "ListenerSet",
    metadata: {
      ...{ name, namespace, labels: tenantLabels(tenant) },
      annotations: untilListening(listeners.https),
    },
    spec: {
      parentRef: { group: gatewayGroup, kind: "Gateway", name: edgeNames.gateway },
      listeners: [
        {
          name: listeners.https,
          port: 443,
          protocol: "HTTPS",
          hostname: tenant.host,
          tls: { mode: "Terminate", certificateRefs: [{ name: ownCertificate(tenant.id) }] },
          allowedRoutes: { namespaces: { from: "Same" } },
        },
      ],
    },
  };
}

/**
 * The route from the tenant's host to its Service; while the tenant is suspended, to a page that says so.
 *
 * The label of the plan attaches the plan's limits.
 */
export function httpRouteSpec(tenant: Tenant, host: string, namespace: string): Declared {
  const name = namespaceName(tenant.id);
  return {
    apiVersion: gatewayApi,
    kind: "HTTPRoute",
    metadata: {
      name,
      namespace,
      labels: {
        ...tenantLabels(tenant),
        [labelKeys.plan]: tenant.plan,
        ...openRoute,
      },
      annotations: untilRouted(parentOf(tenant).kind),
    },
    spec: {
      parentRefs: [parentOf(tenant)],
      hostnames: [host],
      rules: tenant.state === "suspended" ? suspendedRules : [serving(name)],
    },
  };
}

function parentOf({ id, host }: Tenant) {
  return host === undefined
    ? { group: gatewayGroup, kind: "Gateway" as const, name: edgeNames.gateway, sectionName: listeners.https }
    : {
        group: gatewayGroup,
        kind: "ListenerSet" as const,
        name: namespaceName(id),
        sectionName: listeners.https,
      };
}

const serving = (backend: string) => ({
  // 0s: none. An answer may take as long as the model does.
  timeouts: { request: "0s" },
  backendRefs: [{ group: envoyGroup, kind: "Backend", name: backend, port: gatewayPort }],
});

const answeredBy = (filter: string) => ({
  filters: [
    { type: "ExtensionRef", extensionRef: { group: envoyGroup, kind: "HTTPRouteFilter", name: filter } },
  ],
});

/** Clients that ask for JSON get JSON. */
const suspendedRules = [
  {
    matches: [{ headers: [{ name: "accept", type: "RegularExpression", value: ".*application/json.*" }] }],
    ...answeredBy(edgeNames.suspendedJson),
  },
  answeredBy(edgeNames.suspendedPage),
];
