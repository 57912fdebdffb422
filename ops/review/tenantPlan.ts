import { type Column, tableLines } from "../../lib/terminal/table.ts";
import { counted } from "../../lib/text.ts";
import { previewEvents } from "./events.ts";
import type { StepKind } from "./model.ts";
import { type PlannedStep, plannedSteps } from "./plannedSteps.ts";

/** The numbers of a tenant's resources that a preview would create, update, replace and delete. */
type TenantPlan = Readonly<Record<StepKind, number>> & { readonly tenant: string };

const tenantType = "openclaw:tenant:Tenant";

/** The row of everything that is no tenant's: the platform, the shared services, providers. */
const shared = "(shared)";

/**
 * The plan of a preview by tenant, as lines for a terminal; no lines if the preview did not come to its end.
 *
 * @param eventLog of the engine
 */
export function tenantPlanLines(eventLog: string): string[] {
  const events = previewEvents(eventLog);
  if (!events.isComplete) {
    return [];
  }
  const steps = plannedSteps(events.steps);
  const ids = steps.flatMap(({ step }) => (step.type === tenantType ? [nameOf(step.urn)] : []));
  const tenantOf = ({ step: { urn } }: PlannedStep) => (isOfTenant(urn) ? ownerOf(nameOf(urn), ids) : shared);
  const rows = [...Map.groupBy(steps, tenantOf)]
    .map(([tenant, ofOne]) => ({ tenant, ...countsOf(ofOne) }))
    .filter((row) => changes(row) > 0)
    .toSorted((one, other) => (one.tenant < other.tenant ? -1 : 1));
  const changed = rows.filter(({ tenant }) => tenant !== shared).length;
  const unchanged = ids.length - changed;
  return [
    ...(rows.length === 0 ? [] : [...tableLines(columns, rows), ""]),
    `${counted(unchanged, "tenant")} unchanged, ${counted(steps.filter(({ kind }) => kind === "same").length, "resource")}`,
  ];
}

const columns: readonly Column<TenantPlan>[] = [
  { title: "TENANT", value: ({ tenant }) => tenant },
  ...(["create", "update", "replace", "delete"] as const).map((kind) => ({
    title: kind.toUpperCase(),
    value: (row: TenantPlan) => (row[kind] === 0 ? "-" : `${row[kind]}`),
    align: "right" as const,
  })),
];

function countsOf(steps: readonly PlannedStep[]): Omit<TenantPlan, "tenant"> {
  const count = (wanted: StepKind) => steps.filter(({ kind }) => kind === wanted).length;
  return {
    create: count("create"),
    update: count("update"),
    replace: count("replace"),
    delete: count("delete"),
  };
}

const changes = (row: TenantPlan): number => row.create + row.update + row.replace + row.delete;

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

const isOfTenant = (urn: string): boolean => urn.split("::")[2]?.split("$").includes(tenantType) ?? false;

/** The tenant whose component a resource is in: ids may contain hyphens, and so the longest that fits is meant. */
function ownerOf(name: string, ids: readonly string[]): string {
  const fitting = ids.filter((id) => name === id || name.startsWith(`${id}-`));
  return fitting.toSorted((one, other) => other.length - one.length)[0] ?? shared;
}
