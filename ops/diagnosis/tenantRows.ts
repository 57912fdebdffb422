import type { Progress } from "../../lib/terminal/progress.ts";
import { type Column, money, tableLines } from "../../lib/terminal/table.ts";
import { withKubectl } from "../stack/kubectl.ts";
import { type StackOutputs, stackOutputs } from "../stack/stackOutputs.ts";
import type { Target } from "../stack/target.ts";
import { type BackupTimes, backupTimes, isOverdue, readyNamespaces } from "./readiness.ts";

/** One tenant as `npm run status -- --json` prints it. */
export interface TenantRow {
  readonly id: string;
  readonly plan: string;
  readonly state: string;
  readonly url: string;
  /** Whether its instance answers; false too for one that is not meant to run. */
  readonly ready: boolean;
  /** List price. */
  readonly monthlyCny: number;
  /** When its last good backup was made, ISO 8601. */
  readonly lastBackup?: string | undefined;
  /** Whether it is active and has been without a backup for longer than a day and a bit. */
  readonly backupOverdue: boolean;
}

/**
 * The tenants of a stack as its last update left them, and whether each is ready now.
 *
 * @throws UserError if the stack has never been brought up or the cluster does not answer
 */
export async function tenantRows(target: Target, progress: Progress): Promise<TenantRow[]> {
  const outputs = await stackOutputs(target, progress);
  return rowsNow(target, outputs);
}

/** The rows of outputs that have been read before, with who is ready now and when each was backed up. */
export async function rowsNow(target: Target, outputs: StackOutputs): Promise<TenantRow[]> {
  const now = new Date();
  const [running, backups] = await withKubectl(target, outputs, (kubectl) =>
    Promise.all([readyNamespaces(kubectl), backupTimes(kubectl)]),
  );
  return Object.entries(outputs.tenants).map(([id, { namespace, plan, state, url = "", monthlyCny }]) => {
    const times: BackupTimes | undefined = backups.get(namespace);
    return {
      id,
      plan,
      state,
      url,
      ready: state === "active" && running.has(namespace),
      monthlyCny,
      lastBackup: times?.last,
      backupOverdue: state === "active" && times !== undefined && isOverdue(times, now),
    };
  });
}

const columns: readonly Column<TenantRow>[] = [
  { title: "TENANT", value: ({ id }) => id },
  { title: "PLAN", value: ({ plan }) => plan },
  { title: "STATE", value: ({ state }) => state },
  { title: "READY", value: ({ state, ready }) => (state === "active" ? (ready ? "yes" : "no") : "-") },
  { title: "BACKUP", value: ({ lastBackup }) => (lastBackup === undefined ? "-" : ageText(lastBackup)) },
  { title: "CNY/MONTH", value: ({ monthlyCny }) => money(monthlyCny), align: "right" },
  { title: "URL", value: ({ url }) => url || "-" },
];

/** The tenants as a table, closed by the total of their prices. */
export function tenantTable(rows: readonly TenantRow[]): string {
  const total = rows.reduce((sum, { monthlyCny }) => sum + monthlyCny, 0);
  const totals: Record<string, string> = { TENANT: "total", "CNY/MONTH": money(total) };
  const withTotal = columns.map((column) => ({
    ...column,
    value: (row: TenantRow | "total") => (row === "total" ? (totals[column.title] ?? "") : column.value(row)),
  }));
  return tableLines(withTotal, [...rows, "total" as const]).join("\n");
}

/** `7 h`, `3 d`: how long ago. */
export function ageText(time: string, now: Date = new Date()): string {
  const hours = (now.getTime() - Date.parse(time)) / 3_600_000;
  if (hours < 1) {
    return `${Math.max(0, Math.floor(hours * 60))} min`;
  }
  return hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} d`;
}
