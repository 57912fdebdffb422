import { z } from "zod";
import { type BackupReason, backupReasons, databaseTag } from "../../components/backup/backup.ts";
import { jsonOf } from "../../lib/system/json.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { type Column, tableLines } from "../../lib/terminal/table.ts";

/** One backup of a tenant. */
export interface Backup {
  readonly id: string;
  /** ISO 8601, in UTC. */
  readonly time: string;
  /** The size of its contents, as restored. */
  readonly bytes: number;
  readonly reason: BackupReason;
  readonly hasDatabase: boolean;
}

const snapshotsSchema = z.array(
  z.object({
    id: z.string(),
    time: z.iso.datetime({ offset: true, precision: null }),
    tags: z.array(z.string()).default([]),
    summary: z.object({ total_bytes_processed: z.number() }).optional(),
  }),
);

/** Backups as `restic snapshots --json` prints them, the oldest first. @throws UserError if it is anything else */
export function backupsOf(text: string): Backup[] {
  // Messages may stand before it.
  const line = text.trim().split("\n").at(-1) ?? "";
  const parsed = snapshotsSchema.safeParse(jsonOf(line));
  if (!parsed.success) {
    throw new UserError(`restic did not list backups as expected: ${line.slice(0, 300)}`);
  }
  return parsed.data
    .map(({ id, time, tags, summary }) => ({
      id,
      time: new Date(time).toISOString(),
      bytes: summary?.total_bytes_processed ?? 0,
      reason: backupReasons.find((reason) => tags.includes(reason)) ?? "scheduled",
      hasDatabase: tags.includes(databaseTag),
    }))
    .toSorted((one, other) => one.time.localeCompare(other.time));
}

/**
 * The moment that `--at` names.
 *
 * @param text `latest`, a day (its end, in UTC), or a moment in ISO 8601 with its zone
 * @throws UsageError for anything else: without its zone a time means another to each reader
 */
export function momentOf(text: string): Date {
  if (text === "latest") {
    return new Date(8.64e15);
  }
  if (z.iso.date().safeParse(text).success) {
    return new Date(`${text}T23:59:59.999Z`);
  }
  if (!z.iso.datetime({ offset: true }).safeParse(text).success) {
    throw new UsageError(
      `--at ${text}: must be a moment with its zone, such as 2026-11-20T03:00:00+08:00; or a day, 2026-11-20, for the last backup before it ended in UTC; or latest`,
    );
  }
  return new Date(text);
}

/** The last backup at or before a moment. @throws UserError that says which there are, if none is */
export function backupAt(backups: readonly Backup[], at: string, tenantId: string): Backup {
  const moment = momentOf(at);
  const chosen = backups.findLast(({ time }) => Date.parse(time) <= moment.getTime());
  if (chosen !== undefined) {
    return chosen;
  }
  const first = backups[0];
  throw new UserError(
    first === undefined
      ? `The tenant ${tenantId} has no backup yet.`
      : `The tenant ${tenantId} has no backup of ${at} or before; its first is of ${first.time}.`,
  );
}

const columns: readonly Column<Backup>[] = [
  { title: "TIME", value: ({ time }) => time.replace(/\.\d+Z$/, "Z") },
  { title: "SIZE", value: ({ bytes }) => sizeText(bytes), align: "right" },
  { title: "WHAT", value: ({ hasDatabase }) => (hasDatabase ? "state, database" : "state") },
  { title: "WHY", value: ({ reason }) => reason },
  { title: "ID", value: ({ id }) => id.slice(0, 8) },
];

export const backupTable = (backups: readonly Backup[]): string => tableLines(columns, backups).join("\n");

/** `7.1 MiB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
