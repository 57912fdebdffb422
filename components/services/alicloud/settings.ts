import { z } from "zod";
import { imageSettings } from "../images.ts";

/** RDS, Tair, OSS and NLB beside an ACK cluster. Sizes have no default: they are most of the bill. */
export const alicloudServicesSchema = z.strictObject({
  kind: z.literal("alicloud"),
  ...imageSettings,
  database: z.strictObject({
    /** The instance type of RDS for PostgreSQL, High-availability Edition; it sets the number of connections. @example pg.n2.2c.2m */
    instanceType: z.string().regex(/^pg\.[a-z0-9.]+$/),
    /** Size of the disk, GiB. @example 100 */
    storageGiB: z.int().min(20).max(64_000),
    /** Days back to which a point in time can be restored. @default 30 */
    backupDays: z.int().min(7).max(730).default(30),
  }),
  cache: z.strictObject({
    /** The instance class of Tair, memory-optimized with cloud disks. @example tair.rdb.1g */
    instanceClass: z.string().regex(/^tair\.[a-z0-9.]+$/),
  }),
  objectStore: z.strictObject({
    /** Name of the bucket: unique in the whole of Alibaba Cloud. */
    bucket: z.string().regex(/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/),
    /** Days that an overwritten or deleted object is kept. @default 30 */
    keepVersionsDays: z.int().min(1).max(3650).default(30),
  }),
  /** Whether every tenant has a RAM role. An account has 1,000 roles unless it asks for more. @default true */
  tenantRoles: z.boolean().default(true),
});

export type AlicloudServicesSettings = z.infer<typeof alicloudServicesSchema>;
