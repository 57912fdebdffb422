import { terminalProgress } from "../terminal/progress.ts";
import { parseCommand } from "./arguments.ts";
import { targetHelp, targetOf, targetOptions } from "./target.ts";
import { tenantRows, tenantTable } from "./tenantRows.ts";

const help = {
  usage: "npm run status -- [options]",
  text: `The tenants of a stack: plan, state, URL, ready, list price in CNY a month.

  --json           {"tenants": [{"id", "plan", "state", "url", "ready", "monthlyCny"}]}
${targetHelp}`,
};

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, { ...targetOptions, json: { type: "boolean", default: false } }, help);
  if (parsed === undefined) {
    return 0;
  }
  const rows = await tenantRows(targetOf(parsed.values), terminalProgress());
  console.log(parsed.values.json ? JSON.stringify({ tenants: rows }) : tenantTable(rows));
  return 0;
}
