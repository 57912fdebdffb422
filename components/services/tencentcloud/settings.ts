import { z } from "zod";
import { imageSettings } from "../images.ts";

/** TencentDB, COS and CLB beside a TKE cluster. Sizes have no default: they are most of the bill. */
export const tencentCloudServicesSchema = z.strictObject({
  kind: z.literal("tencentcloud"),
  ...imageSettings,
  database: z.strictObject({
    /** Cores; TencentDB for PostgreSQL sells them with memory: 2 with 4 GiB, 4 with 16 GiB. @example 2 */
    cpu: z.int().min(1).max(64),
    /** Memory, GiB. @example 4 */
    memoryGiB: z.int().min(2).max(512),
    /** Size of the disk, GiB, in steps of 10. @example 100 */
    storageGiB: z.int().min(10).max(32_000).multipleOf(10),
    /** Days back to which a point in time can be restored. @default 30 */
    backupDays: z.int().min(7).max(730).default(30),
  }),
  cache: z.strictObject({
    /** Memory, MiB, in steps of 1024. @example 1024 */
    memoryMiB: z.int().min(1024).max(65_536).multipleOf(1024),
    /** Number of the replica's zone. Nodes have theirs in topology.kubernetes.io/zone. @example 100007, ap-guangzhou-7 */
    replicaZone: z.int().min(10_001).max(9_999_999),
  }),
  objectStore: z.strictObject({
    /** Name of the bucket: unique in the account, whose number COS appends. */
    bucket: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/),
    /** Days that an overwritten or deleted object is kept. @default 30 */
    keepVersionsDays: z.int().min(1).max(3650).default(30),
  }),
  /** Bandwidth of the edge's load balancer, Mbit/s. @default 200 */
  loadBalancer: z.strictObject({ egressMbps: z.int().min(1).max(2048).default(200) }).prefault({}),
  /**
   * Whether every tenant has a CAM role and a policy. An account has 1,000 roles and 1,500 policies unless it asks for
   * more. @default true
   */
  tenantRoles: z.boolean().default(true),
});

export type TencentCloudServicesSettings = z.infer<typeof tencentCloudServicesSchema>;
