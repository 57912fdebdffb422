import type { Tenant } from "../../../tenants/schema.ts";
import { type DataEnvironment, noData } from "../../instance/dataEnvironment.ts";
import { deriveCredential } from "../../instance/derivation.ts";
import { paths } from "../../instance/paths.ts";
import { tenantBucket, tenantPrefix } from "../objectStore.ts";
import type { ServiceFacts } from "../sharedServices.ts";
import { cacheKeyPrefix, cacheUser, databaseLogin, databaseOf, filesAccessKeyId } from "./accounts.ts";
import { postgresTls } from "./jobs.ts";

/**
 * How OpenClaw's plugins and tools find the tenant's data services: in variables that the usual clients read by
 * themselves (libpq and node-postgres, AWS SDKs), and in a few more where there is no such custom.
 */

/** Variables that the tenant's Secret holds. */
type DataCredentialVariable = "PGPASSWORD" | "REDIS_URL" | "AWS_SECRET_ACCESS_KEY";

/** Nothing for a tenant without data services. */
export function dataEnvironment(tenant: Tenant, services: ServiceFacts): DataEnvironment {
  return tenant.dataServices
    ? { settings: settings(tenant, services), credentials: credentialVariables(services) }
    : noData;
}

function settings(tenant: Tenant, services: ServiceFacts): Record<string, string> {
  const { database, cache, objectStore } = services;
  const tls = postgresTls(database.tls, database.caCertificate, paths.servicesAuthority);
  return {
    PGHOST: database.host,
    PGPORT: `${database.port}`,
    PGDATABASE: databaseOf(tenant.id),
    PGUSER: databaseLogin(tenant),
    ...Object.fromEntries(tls.map(({ name, value }) => [name, value])),
    ...(cache.tenantAccounts ? { CACHE_KEY_PREFIX: cacheKeyPrefix(tenant.id) } : {}),
    AWS_ENDPOINT_URL_S3: objectStore.endpoint,
    AWS_REGION: objectStore.region,
    S3_BUCKET: tenantBucket(objectStore, tenant.id),
    S3_PREFIX: tenantPrefix(tenant.id),
    ...(hasKeys(services) ? { AWS_ACCESS_KEY_ID: filesAccessKeyId(tenant) } : {}),
    ...(authorityOf(services) === undefined
      ? {}
      : { NODE_EXTRA_CA_CERTS: paths.servicesAuthority, AWS_CA_BUNDLE: paths.servicesAuthority }),
  };
}

const credentialVariables = (services: ServiceFacts): readonly DataCredentialVariable[] => [
  "PGPASSWORD",
  ...(services.cache.tenantAccounts ? (["REDIS_URL"] as const) : []),
  ...(hasKeys(services) ? (["AWS_SECRET_ACCESS_KEY"] as const) : []),
];

/** Entries of the tenant's Secret. @param root of the tenant's credentials */
export function dataCredentials(
  tenant: Tenant,
  services: ServiceFacts,
  root: string,
): Partial<Record<DataCredentialVariable, string>> {
  if (!tenant.dataServices) {
    return {};
  }
  const { tls, host, port } = services.cache;
  const user = `${cacheUser(tenant)}:${deriveCredential(root, tenant.id, "cache")}`;
  return {
    PGPASSWORD: deriveCredential(root, tenant.id, "database"),
    ...(services.cache.tenantAccounts
      ? { REDIS_URL: `${tls ? "rediss" : "redis"}://${user}@${host}:${port}` }
      : {}),
    ...(hasKeys(services) ? { AWS_SECRET_ACCESS_KEY: deriveCredential(root, tenant.id, "files") } : {}),
  };
}

/** Else the pod's own identity is what opens the bucket. */
const hasKeys = ({ objectStore }: ServiceFacts): boolean => objectStore.adminSecret !== undefined;

/** PEM of the authority that vouches for services in the cluster: one for all of them. */
export const authorityOf = ({ database, cache, objectStore }: ServiceFacts): string | undefined =>
  objectStore.caCertificate ?? database.caCertificate ?? cache.caCertificate;
