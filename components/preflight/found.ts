import type { ClusterReader, FoundClaim, FoundObject } from "../cluster/reader.ts";
import { namespaceName, objectNames } from "../names.ts";
import { accountSecretName } from "../services/accounts/accountSecret.ts";
import { servicesNamespace } from "../services/namespace.ts";

/** The objects under the names of one tenant that outlive its resources. */
export interface Found {
  readonly namespace?: FoundObject | undefined;
  readonly claim?: FoundClaim | undefined;
  /** The Secret of its accounts, in the services' namespace. */
  readonly accounts?: FoundObject | undefined;
}

/** Objects that exist, by tenant; every tenant has an entry. */
export type FoundByTenant = Readonly<Record<string, Found>>;

/** Tenants asked for at a time. */
const atOnce = 10;

/** Three questions a tenant: what it costs is the cell's own size, not the fleet's. */
export async function foundOf(reader: ClusterReader, ids: readonly string[]): Promise<FoundByTenant> {
  const found: [string, Found][] = [];
  const open = [...ids];
  const worker = async () => {
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      found.push([id, await foundOfOne(reader, id)]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return Object.fromEntries(found);
}

async function foundOfOne(reader: ClusterReader, id: string): Promise<Found> {
  const [namespace, claim, accounts] = await Promise.all([
    reader.namespace(namespaceName(id)),
    reader.claim(namespaceName(id), objectNames.volumeClaim),
    reader.secret(servicesNamespace, accountSecretName(id)),
  ]);
  return { namespace, claim, accounts };
}
