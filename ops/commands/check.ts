import { jsonText } from "../../lib/system/json.ts";
import { repository } from "../../lib/system/paths.ts";
import { UsageError } from "../../lib/terminal/errors.ts";
import { money } from "../../lib/terminal/table.ts";
import { counted } from "../../lib/text.ts";
import { pricesOfCell } from "../../settings/stacks.ts";
import { TenantFilesError } from "../../tenants/load.ts";
import { planNames } from "../../tenants/plans.ts";
import { monthlyListPriceCny } from "../../tenants/prices.ts";
import { type Tenant, tenantStates } from "../../tenants/schema.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { ignoredTenantFiles } from "../fleet/ignoredFiles.ts";
import { inspectFleet } from "../fleet/inspection.ts";

const help = {
  usage: "npm run check -- [--tenants DIR] [--json]",
  text: `Validates tenant files alone: no cluster, no engine, no network.

  --tenants DIR  one cell's folder, or a folder of cells; unless given tenants/ and every other folder that a
                 stack's openclaw:tenants names
  --json         print {"ok", "tenants": [{"id", "cell", "plan", "state", "monthlyCny"}], "problems": [{"file",
                 "line", "column", "path", "found", "expected", "suggestion"}]}
  --help         print this

Exit code 0 when all files are right, 1 with the report of all problems when they are not, 2 for wrong usage.`,
};

/** Validates tenant files and reports. Resolves to the exit code. */
export async function main(argv: string[]): Promise<number> {
  const options = { tenants: { type: "string" }, json: { type: "boolean" } } as const;
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  if (parsed.rest.length > 0) {
    throw new UsageError(`Nothing may follow a second "--".\nusage: ${help.usage}`);
  }
  const { tenants: dir, json = false } = parsed.values;
  if (dir === "") {
    throw new UsageError(`--tenants needs a folder.\nusage: ${help.usage}`);
  }
  const outcome = await check(dir);
  if (json) {
    console.log(jsonText(jsonOf(outcome)));
  } else if ("error" in outcome) {
    console.error(outcome.error.message);
  } else {
    console.log(summary(outcome.tenants));
  }
  return "error" in outcome ? 1 : 0;
}

type Outcome = { readonly tenants: readonly PricedTenant[] } | { readonly error: TenantFilesError };

/** CNY a month at the list price of its cell's cloud. */
type PricedTenant = Tenant & { readonly monthlyCny: number };

async function check(dir: string | undefined): Promise<Outcome> {
  const { fleet, tenants, problems: wrong } = inspectFleet({ tenants: dir });
  // A folder that is given may be anywhere, and for trying.
  const problems = dir === undefined ? [...wrong, ...(await ignoredTenantFiles(fleet, repository))] : wrong;
  if (problems.length > 0) {
    return { error: new TenantFilesError(problems) };
  }
  const priced = tenants.map((tenant) => {
    const monthlyCny = monthlyListPriceCny(tenant, pricesOfCell(fleet, tenant.cell));
    return { ...tenant, monthlyCny };
  });
  return { tenants: priced };
}

/** `4 tenants in 1 cell: 2 basic, 1 pro, 1 enterprise; 3 active, 1 suspended; CNY 1,976.00 a month at list price` */
function summary(tenants: readonly PricedTenant[]): string {
  const cells = new Set(tenants.map(({ cell }) => cell)).size;
  const plans = tally(planNames, (plan) => tenants.filter((tenant) => tenant.plan === plan));
  const states = tally(tenantStates, (state) => tenants.filter((tenant) => tenant.state === state));
  const total = tenants.reduce((sum, { monthlyCny }) => sum + monthlyCny, 0);
  const price = `CNY ${money(total)} a month at list price`;
  const counts = `${counted(tenants.length, "tenant")} in ${counted(cells, "cell")}`;
  return tenants.length === 0 ? counts : `${counts}: ${[plans, states, price].join("; ")}`;
}

const tally = <Name extends string>(names: readonly Name[], of: (name: Name) => readonly Tenant[]): string =>
  names.flatMap((name) => (of(name).length > 0 ? [`${of(name).length} ${name}`] : [])).join(", ");

function jsonOf(outcome: Outcome) {
  if ("error" in outcome) {
    return { ok: false, tenants: [], problems: outcome.error.problems };
  }
  const tenants = outcome.tenants.map(({ id, cell, plan, state, monthlyCny }) => ({
    id,
    cell,
    plan,
    state,
    monthlyCny,
  }));
  return { ok: true, tenants, problems: [] };
}
