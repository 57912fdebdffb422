import { z } from "zod";
import { imageSettings } from "../images.ts";

/** RDS, Tair, OSS and NLB beside an ACK cluster. Sizes have no default: they are most of the bill. */
export const alicloudServicesSchema = z.strictObject({
  kind: z.literal("alicloud"),
  ...imageSettings,
  database: z.strictObject({
    /** The instance type of RDS for PostgreSQL, High-availability Edition; it sets the number of connections. */
    instanceType: z.string().regex(/^pg\.[a-z0-9.]+$/),
    storageGiB: z.int().min(20).max(64_000),
    /** How far back a point in time can be restored. */
    backupDays: z.int().min(7).max(730).default(30),
  }),
  cache: z.strictObject({
    /** The instance class of Tair, memory-optimized with cloud disks. */
    instanceClass: z.string().regex(/^tair\.[a-z0-9.]+$/),
  }),
  objectStore: z.strictObject({
    /** Unique in the whole of Alibaba Cloud. */
    bucket: z.string().regex(/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/),
    /** How long an object is kept that was overwritten or deleted. */
    keepVersionsDays: z.int().min(1).max(3650).default(30),
  }),
  /** A RAM role for every tenant. An account has 1,000 roles unless it asks for more. */
  tenantRoles: z.boolean().default(true),
});

export type AlicloudServicesSettings = z.infer<typeof alicloudServicesSchema>;
