import { tenantsPerCluster } from "../../tenants/fleetAssumptions.ts";

/** Limits of the managed clouds that a growing fleet meets first, and what to do there. */
interface FleetLimit {
  /** Kind of cluster that it holds for. */
  readonly clusterKind: string;
  /** Tenants. */
  readonly most: number;
  readonly scope: "cluster" | "account";
  readonly why: string;
  readonly beyond: string;
}

const limits: readonly FleetLimit[] = [
  {
    clusterKind: "ack",
    most: tenantsPerCluster.alibaba,
    scope: "cluster",
    why: "each has a NetworkPolicy, of which Terway advises at most 100 a cluster",
    beyond: "put further cells on a second cluster: another platform stack",
  },
  {
    clusterKind: "tke",
    most: tenantsPerCluster.tencent,
    scope: "cluster",
    why: "each has two ConfigMaps, of which Tencent advises at most 1,024 in a cluster of level L100",
    beyond: "raise the cluster's level, or put further cells on a second cluster: another platform stack",
  },
  {
    // https://www.alibabacloud.com/help/en/ram/product-overview/limits
    clusterKind: "ack",
    most: 1000,
    scope: "account",
    why: "each has a RAM role, of which an account has 1,000 unless it asks for more",
    beyond: "ask for a larger quota, or put further clusters into another account",
  },
];

/** The outcome for a cluster, or for all clusters of a kind. */
export interface Holding {
  readonly clusterKind: string | undefined;
  readonly tenants: number;
  /** Tenants that its cells may hold together. */
  readonly maxTenants: number;
}

/** The most tenants that a cluster of a kind should have. */
export function clusterCapacity(clusterKind: string | undefined): number {
  const own = limits.filter((limit) => limit.scope === "cluster" && limit.clusterKind === clusterKind);
  return Math.min(...own.map(({ most }) => most));
}

/** Limits that one cluster exceeds now, or will once its cells are full; empty if none. */
export function clusterWarnings(cluster: Holding): string[] {
  return warnings("cluster", cluster);
}

/** The same for what all clusters of a kind share, taken to be in one account. */
export function accountWarnings(clusters: readonly Holding[]): string[] {
  return [...Map.groupBy(clusters, ({ clusterKind }) => clusterKind)].flatMap(([clusterKind, members]) =>
    warnings("account", {
      clusterKind,
      tenants: members.reduce((sum, { tenants }) => sum + tenants, 0),
      maxTenants: members.reduce((sum, { maxTenants }) => sum + maxTenants, 0),
    }),
  );
}

function warnings(scope: FleetLimit["scope"], { clusterKind, tenants, maxTenants }: Holding): string[] {
  return limits
    .filter((limit) => limit.scope === scope && limit.clusterKind === clusterKind && maxTenants > limit.most)
    .map(({ most, why, beyond }) => {
      const count = tenants > most ? `has ${tenants} tenants` : `has room for ${maxTenants} tenants`;
      const holder = scope === "account" ? `the account of all ${clusterKind} clusters` : "it";
      return `${holder} ${count}; ${why}: ${beyond}`;
    });
}
