import { terminalProgress } from "../../lib/terminal/progress.ts";
import { counted } from "../../lib/text.ts";
import { parseCommand } from "../commandLine/arguments.ts";
import { deletionsText } from "../diagnosis/deletions.ts";
import { notReady, rowsWhenReady, timeoutOf, timeoutOption } from "../diagnosis/health.ts";
import { overdueHours } from "../diagnosis/readiness.ts";
import { deletionsOf } from "../diagnosis/stackDeletions.ts";
import { type TenantRow, tenantRows, tenantTable } from "../diagnosis/tenantRows.ts";
import { unreadyReport } from "../diagnosis/why.ts";
import { stackOutputs } from "../stack/stackOutputs.ts";
import { type Target, targetHelp, targetOf, targetOptions } from "../stack/target.ts";

const help = {
  usage: "npm run status -- [options]",
  text: `The tenants of a stack: plan, state, URL, ready, age of the last good backup, list price in CNY a month. A
managed cluster is asked with the credential of the last update while that is good, or by --context of your kubeconfig.

  --check          exit code 1, with their names and the reasons, if active tenants are not ready, or were last
                   backed up more than ${overdueHours} hours ago, or if a claim or a namespace that holds data is being deleted
  --timeout N      seconds that --check waits for them; 120 unless given
  --json           {"tenants": [{"id", "plan", "state", "url", "ready", "monthlyCny", "lastBackup",
                   "backupOverdue"}], "beingDeleted": [{"kind", "namespace", "name", "since", "volumes"}]}; lastBackup is
                   missing where there is none
${targetHelp}`,
};

const options = {
  ...targetOptions,
  ...timeoutOption,
  check: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

export async function main(argv: string[]): Promise<number> {
  const parsed = parseCommand(argv, options, help);
  if (parsed === undefined) {
    return 0;
  }
  const { check, json } = parsed.values;
  const target = targetOf(parsed.values);
  const progress = terminalProgress();
  const seconds = timeoutOf(parsed.values.timeout);
  const rows = check ? await rowsWhenReady(target, progress, seconds) : await tenantRows(target, progress);
  const beingDeleted = await deletionsOf(target, await stackOutputs(target, progress));
  const deletions = deletionsText(beingDeleted);
  if (json) {
    console.log(JSON.stringify({ tenants: rows, beingDeleted }));
  } else {
    console.log(tenantTable(rows));
    if (deletions !== "" && !check) {
      console.log(`\n${deletions}`);
    }
  }
  const problems = check
    ? [...(deletions === "" ? [] : [deletions]), ...(await problemsOf(target, rows, seconds))]
    : [];
  if (problems.length > 0) {
    console.error(`\n${problems.join("\n")}`);
    return 1;
  }
  return 0;
}

/** The text of each sort of trouble, with the names of the tenants that have it. */
async function problemsOf(target: Target, rows: readonly TenantRow[], seconds: number): Promise<string[]> {
  const unready = notReady(rows);
  const overdue = rows.flatMap(({ id, backupOverdue }) => (backupOverdue ? [id] : []));
  return [
    ...(unready.length === 0 ? [] : [await unreadyReport(target, unready, seconds)]),
    ...(overdue.length === 0
      ? []
      : [
          `${counted(overdue.length, "active tenant")} without a good backup for more than ${overdueHours} h: ${overdue.join(", ")}`,
        ]),
  ];
}
