import type { Tenant } from "../../../tenants/schema.ts";

/**
 * A tenant's names at the shared services. An id has no underscore, so what follows one cannot make two tenants'
 * names meet. The epoch in a login's name is what lets a rotation's old and new credentials work side by side.
 */
type Account = Pick<Tenant, "id" | "keyEpoch">;

/** The tenant's database, the schema in it and the role that owns what is in there; nobody logs in as that one. */
export const databaseOf = (id: string): string => `tenant_${id}`;

/** At most 62 bytes of the 63 that PostgreSQL keeps of a name. */
export const databaseLogin = ({ id, keyEpoch }: Account): string => `${databaseOf(id)}_e${keyEpoch}`;
export const databaseBackupLogin = ({ id, keyEpoch }: Account): string =>
  `${databaseOf(id)}_backup_e${keyEpoch}`;

export const cacheUser = ({ id, keyEpoch }: Account): string => `${id}_e${keyEpoch}`;

/** The prefix of the tenant's keys and channels in the cache. */
export const cacheKeyPrefix = (id: string): string => `${id}:`;

export const filesAccessKeyId = ({ id, keyEpoch }: Account): string => `${id}_e${keyEpoch}`;
export const backupAccessKeyId = ({ id, keyEpoch }: Account): string => `${id}_backup_e${keyEpoch}`;
