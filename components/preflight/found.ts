import type { ClusterReader, FoundClaim, FoundObject } from "../cluster/reader.ts";
import { namespaceName, objectNames } from "../names.ts";
import { accountSecretName } from "../services/accounts/accountSecret.ts";
import { servicesNamespace } from "../services/namespace.ts";

/** What the cluster holds under the names of one tenant and outlives its resources. */
export interface Found {
  readonly namespace?: FoundObject | undefined;
  readonly claim?: FoundClaim | undefined;
  /** The Secret of its accounts, in the services' namespace. */
  readonly accounts?: FoundObject | undefined;
}

/** What there is, by tenant; every one has its place, if with nothing in it. */
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
