import { z } from "zod";
import { imageSettings } from "../images.ts";

/** TencentDB, COS and CLB beside a TKE cluster. Sizes have no default: they are most of the bill. */
export const tencentCloudServicesSchema = z.strictObject({
  kind: z.literal("tencentcloud"),
  ...imageSettings,
  database: z.strictObject({
    /** Cores, memory and storage as TencentDB for PostgreSQL sells them together: 2 and 4 GiB, 4 and 16 GiB. */
    cpu: z.int().min(1).max(64),
    memoryGiB: z.int().min(2).max(512),
    storageGiB: z.int().min(10).max(32_000).multipleOf(10),
    /** How far back a point in time can be restored. */
    backupDays: z.int().min(7).max(730).default(30),
  }),
  cache: z.strictObject({
    memoryMiB: z.int().min(1024).max(65_536).multipleOf(1024),
    /** Number of the second zone: 100007 is ap-guangzhou-7. Nodes have theirs in topology.kubernetes.io/zone. */
    replicaZone: z.int().min(10_001).max(9_999_999),
  }),
  objectStore: z.strictObject({
    /** Unique in the account, whose number COS adds to it. */
    bucket: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/),
    /** How long an object is kept that was overwritten or deleted. */
    keepVersionsDays: z.int().min(1).max(3650).default(30),
  }),
  loadBalancer: z.strictObject({ egressMbps: z.int().min(1).max(2048).default(200) }).prefault({}),
  /** A CAM role and a policy for every tenant. An account has 1,000 roles and 1,500 policies unless it asks for more. */
  tenantRoles: z.boolean().default(true),
});

export type TencentCloudServicesSettings = z.infer<typeof tencentCloudServicesSchema>;
