import type { TencentApi } from "../tencentcloud/api.ts";
import type { Found } from "./model.ts";
import type { Place } from "./place.ts";
import { type Listed, type ListedType, listed } from "./productLists.ts";
import { cloudType } from "./types.ts";

/** A question to one product, by name. */
export interface Search {
  readonly what: string;
  readonly find: () => Promise<Found[]>;
}

/** Resources named after the cluster, with the program's names for them. */
const namedAsCluster = [
  { type: "postgresql_instance", what: "databases", resource: "services-database" },
  { type: "redis_instance", what: "caches", resource: "services-cache" },
  { type: "kms_key", what: "keys", resource: "tke-key" },
  { type: "cls_logset", what: "log sets", resource: "tke-logs" },
] as const;

/**
 * Resources that a failed create leaves without tags: the provider makes databases, caches, keys and log sets first
 * and tags them after all its waits. They have their names at once.
 */
export function platformSearches(api: TencentApi, { cluster, region }: Place): Search[] {
  return namedAsCluster.map(({ type, what, resource }) => ({
    what: `${what} called ${cluster}`,
    find: async () => {
      const all = await listed(api, type, cluster, region);
      const named = all.filter(({ name }) => name === cluster);
      return named.map((each) => found(type, each, resource, region));
    },
  }));
}

/** Node pools have no tags of their own: theirs are for their machines. */
export function nodePoolSearch(api: TencentApi, { region }: Place, clusterId: string): Search {
  const type = "kubernetes_native_node_pool";
  return {
    what: `node pools of ${clusterId}`,
    find: async () => {
      const pools = await listed(api, type, clusterId, region);
      return pools.map((pool) =>
        found(type, { ...pool, id: `${clusterId}#${pool.id}` }, `tke-pool-${pool.name}`, region),
      );
    },
  };
}

/** Roles and policies of the stack's tenants. The same cluster's other stacks have theirs, which begin the same. */
export function tenantSearches(api: TencentApi, { cluster, tenantIds }: Place): Search[] {
  if (tenantIds.length === 0) {
    return [];
  }
  const tenants = new Map(tenantIds.map((id) => [`${cluster}--${id}`, id]));
  const search = (type: ListedType, what: string, suffix: string): Search => ({
    what: `${what} called ${cluster}--<tenant>`,
    find: async () => {
      const all = await listed(api, type, `${cluster}--`);
      return all.flatMap((each) => {
        const tenant = tenants.get(each.name);
        return tenant === undefined ? [] : [found(type, each, `${tenant}-${suffix}`, "")];
      });
    },
  });
  return [search("cam_role", "roles", "role"), search("cam_policy", "policies", "role-policy")];
}

function found(type: ListedType, { id, name, created }: Listed, resource: string, region: string): Found {
  const { kind, token } = cloudType(type);
  return { kind, token, id, name, created, resource, region };
}
