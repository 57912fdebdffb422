/** A tenant's OpenClaw as people know it, and as one browser on this machine comes to it. */
export interface TenantAddresses {
  /** `https://acme.openclaw.localhost`: where the tenant is for its OpenClaw, behind the edge of a real platform. */
  readonly publicOrigin: string;
  /** `acme.openclaw.localhost:8789`: where the proxy is for the browser. */
  readonly localHost: string;
}

/**
 * The local name of a tenant. Browsers take every name that ends with localhost to this machine, and its pages for
 * secure ones, without which the Control UI could not keep a key: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 * A name a tenant keeps what browsers remember of one tenant from the pages of another.
 */
export const localHostOf = (tenant: string, port: number): string => `${tenant}.openclaw.localhost:${port}`;

export const localOrigin = ({ localHost }: Pick<TenantAddresses, "localHost">): string =>
  `http://${localHost}`;
