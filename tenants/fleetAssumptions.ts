import type { CloudProvider } from "./listPrice.ts";
import type { PlanName } from "./plans.ts";

/** Tenants of each plan, as shares of the fleet. */
export type PlanMix = Readonly<Record<PlanName, number>>;

/** A fleet that mostly tries the product out. Nobody measured one: put your own here. */
export const assumedMix: PlanMix = { basic: 0.7, pro: 0.25, enterprise: 0.05 };

/**
 * The most tenants that one cluster is planned for, one NetworkPolicy and two ConfigMaps each.
 *
 * - alibaba: Terway advises at most 100 network policies a cluster
 *   (https://help.aliyun.com/en/ack/ack-managed-and-ack-dedicated/user-guide/use-network-policies). The platform's few
 *   come on top: it is advice on how fast rules take effect, not a limit.
 * - tencent: no figure for network policies was found. Of a cluster of level L100, Tencent advises at most 100 nodes,
 *   1,024 ConfigMaps and 2,500 objects of any other kind (https://www.tencentcloud.com/document/product/457/45158), and
 *   a namespace has two ConfigMaps, openclaw.json's and the root certificate's.
 */
export const tenantsPerCluster: Readonly<Record<CloudProvider, number>> = { alibaba: 100, tencent: 500 };

/** The facts that one cluster's platform is built from. */
export interface PlatformSize {
  /** Up to so many tenants of the cluster. */
  readonly upToTenants: number;
  /** vCPU of the system nodes: edge, model gateway, monitoring, add-ons; three nodes, a zone each. */
  readonly systemCpus: number;
  readonly databaseMemoryGiB: number;
  readonly databaseDiskGB: number;
  readonly cacheMemoryGiB: number;
}

/** Smallest first. Estimates, not load-tested. */
export const platformSizes: readonly [PlatformSize, ...PlatformSize[]] = [
  { upToTenants: 25, systemCpus: 6, databaseMemoryGiB: 4, databaseDiskGB: 50, cacheMemoryGiB: 1 },
  { upToTenants: 100, systemCpus: 12, databaseMemoryGiB: 8, databaseDiskGB: 200, cacheMemoryGiB: 2 },
  { upToTenants: 500, systemCpus: 24, databaseMemoryGiB: 32, databaseDiskGB: 1000, cacheMemoryGiB: 8 },
];

/** Estimated use of every cluster, node and tenant, whatever the fleet's size. */
export const assumedUse = {
  systemNodesPerCluster: 3,
  /** A tenant node has 16 vCPU. */
  cpusPerTenantNode: 16,
  /** GiB of system disk of any node. */
  nodeDiskGiB: 100,
  /** Part of a tenant node that tenants' requests fill; the rest is the kubelet's, DaemonSets' or cannot be packed. */
  nodeFill: 0.85,
  natGatewaysPerCluster: 1,
  loadBalancersPerCluster: 1,
  /** Two for going out, two for coming in. */
  addressesPerCluster: 4,
  keysPerCluster: 5,
  /** GB a tenant and month. */
  internetGB: 10,
  /** GB a tenant and month, both directions. */
  natGB: 20,
  /** GB a tenant, mostly backups. */
  objectStoreGB: 10,
  /** GB a tenant and month: access, audit and container logs. */
  logsGB: 3,
} as const;
