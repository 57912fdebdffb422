/**
 * Names of what a tenant owns, derived in one place so that their lengths are bounded in one place.
 * Kubernetes limits namespaces, labels and Services to 63 characters (RFC 1123 labels); with ids of at most
 * 40 characters everything below stays inside.
 */

export const namespaceName = (tenantId: string): string => `tenant-${tenantId}`;

/** The host a browser opens: the tenant's own, or a subdomain of the platform's domain. */
export const tenantHost = (tenant: { id: string; host?: string }, domain: string): string =>
  tenant.host ?? `${tenant.id}.${domain}`;

/** The origin of a host as browsers name it: `https://acme.openclaw.example`, with the port where it is not the one of https. */
export const publicOrigin = (host: string, port: number): string => new URL(`https://${host}:${port}`).origin;

/** Inside its namespace every tenant's objects have the same names: runbooks and dashboards need no lookup. */
export const objectNames = {
  workload: "openclaw",
  container: "openclaw",
  serviceAccount: "openclaw",
  service: "openclaw",
  ingress: "openclaw",
  quota: "openclaw",
  limitRange: "openclaw",
  networkPolicy: "openclaw",
  credentials: "openclaw-credentials",
  config: "openclaw-config",
  volumeClaim: "openclaw-data",
} as const;

/** The port OpenClaw's gateway serves HTTP and WebSocket on. */
export const gatewayPort = 18789;
