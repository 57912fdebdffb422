import type { Progress } from "../terminal/progress.ts";
import { type Column, money, tableLines } from "../terminal/table.ts";
import { availableNamespaces } from "./readiness.ts";
import { type StackOutputs, stackOutputs } from "./stackOutputs.ts";
import type { Target } from "./target.ts";

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

/** The rows of outputs that have been read before, with who is ready now. */
export async function rowsNow(target: Target, outputs: StackOutputs): Promise<TenantRow[]> {
  const available = await availableNamespaces(target, outputs);
  return Object.entries(outputs.tenants).map(([id, { namespace, plan, state, url = "", monthlyCny }]) => ({
    id,
    plan,
    state,
    url,
    ready: state === "active" && available.has(namespace),
    monthlyCny,
  }));
}

const columns: readonly Column<TenantRow>[] = [
  { title: "TENANT", value: ({ id }) => id },
  { title: "PLAN", value: ({ plan }) => plan },
  { title: "STATE", value: ({ state }) => state },
  { title: "READY", value: ({ state, ready }) => (state === "active" ? (ready ? "yes" : "no") : "-") },
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
