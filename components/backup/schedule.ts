import { createHash } from "node:crypto";
import { z } from "zod";
import { timeZoneSchema } from "../../tenants/timeZones.ts";

/** The part of the day in which backups run: tenants are spread over it by their ids. */
export const backupScheduleSchema = z
  .strictObject({
    /** The time zone, by its name in the IANA database. @default Asia/Shanghai */
    timeZone: timeZoneSchema.default("Asia/Shanghai"),
    /** Hour at which it begins, 0 to 23. @default 1 */
    fromHour: z.int().min(0).max(23).default(1),
    /** Its length, hours. @default 5 */
    hours: z.int().min(1).max(24).default(5),
  })
  .prefault({});

export type BackupSchedule = z.infer<typeof backupScheduleSchema>;

/** The tenant's own minute of the night, the same every night, as cron writes it: `17 3 * * *`. */
export function backupCron(tenantId: string, { fromHour, hours }: BackupSchedule): string {
  const minute = spread(tenantId, "minute", hours * 60);
  return `${minute % 60} ${(fromHour + Math.floor(minute / 60)) % 24} * * *`;
}

/** The day of the week, 1 for Monday to 7, on which the tenant's repository is checked. */
export const checkDay = (tenantId: string): number => 1 + spread(tenantId, "check", 7);

/** A number below `count`, the same for the same id, and of all ids about as often as any other. */
function spread(tenantId: string, purpose: string, count: number): number {
  return createHash("sha256").update(`${purpose}/${tenantId}`).digest().readUInt32BE(0) % count;
}
