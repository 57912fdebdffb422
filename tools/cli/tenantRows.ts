import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { kubectlFolder } from "../cluster/index.ts";
import { ensureEngine } from "../engine/index.ts";
import { repository } from "../system/paths.ts";
import { run } from "../system/run.ts";
import { UserError } from "../terminal/errors.ts";
import type { Progress } from "../terminal/progress.ts";
import { type Column, money, tableLines } from "../terminal/table.ts";
import { stackEnvironment, stateFile } from "./stack.ts";
import { type Target, targetFlags } from "./target.ts";

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

/** Outputs of index.ts. */
interface StackOutputs {
  readonly tenants: Readonly<
    Record<string, { namespace: string; url?: string; plan: string; state: string; monthlyCny: number }>
  >;
  /** How to get to the cluster. Only an existing one is known by a context. */
  readonly cluster?: { readonly context?: string };
}

/** Name of a tenant's Deployment in its namespace. */
const deploymentName = "openclaw";

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

/**
 * What the last update of a stack says of its tenants.
 *
 * @throws UserError if the stack has never been brought up
 */
export async function stackOutputs(target: Target, progress: Progress): Promise<StackOutputs> {
  const outputs = target.kind === "own" ? await backendOutputs(target, progress) : await localOutputs(target);
  if (outputs?.tenants === undefined) {
    throw new UserError(
      `Nothing is up. \`npm run up${targetFlags(target)}\` brings the stack ${target.stack} up.`,
    );
  }
  return { ...outputs, tenants: outputs.tenants };
}

/** Straight from the state file: a tenth of the time that `pulumi stack output` takes. */
async function localOutputs(target: Target): Promise<Partial<StackOutputs> | undefined> {
  const file = stateFile(target);
  if (!existsSync(file)) {
    return undefined;
  }
  const state: StateFile = JSON.parse(await readFile(file, "utf8"));
  return state.checkpoint.latest?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
}

interface StateFile {
  readonly checkpoint: {
    readonly latest?: { readonly resources?: readonly { type: string; outputs?: Partial<StackOutputs> }[] };
  };
}

async function backendOutputs(target: Target, progress: Progress): Promise<Partial<StackOutputs>> {
  const engine = await ensureEngine({ choice: target.engine, progress });
  const { code, stdout, stderr } = await run(
    engine.cli,
    ["stack", "output", "--json", "--stack", target.stack, "--non-interactive"],
    { cwd: repository, env: stackEnvironment(target, engine) },
  );
  if (code !== 0) {
    throw new UserError(`pulumi stack output: ${stderr.trim()}`);
  }
  return JSON.parse(stdout);
}

/** Namespaces whose instance is available. */
async function availableNamespaces(target: Target, { cluster }: StackOutputs): Promise<Set<string>> {
  const context = target.context ?? cluster?.context;
  const template = "{range .items[*]}{.metadata.namespace} {.status.availableReplicas}{'\\n'}{end}";
  const { code, stdout, stderr } = await run(
    "kubectl",
    [
      ...(context === undefined ? [] : ["--context", context]),
      ...["get", "deployments", "--all-namespaces", "--request-timeout=15s"],
      ...["--field-selector", `metadata.name=${deploymentName}`, "--output", `jsonpath=${template}`],
    ],
    { env: { ...process.env, ...kubectlEnvironment(target) } },
  );
  if (code === 127) {
    throw new UserError("kubectl is needed to ask the cluster who is ready, and is not on PATH.");
  }
  if (code !== 0) {
    const remedy = target.kind === "embedded" ? "\n`npm run up` starts the embedded cluster again." : "";
    throw new UserError(`The cluster does not answer: ${stderr.trim().split("\n").at(-1)}${remedy}`);
  }
  return namespacesWithReplicas(stdout);
}

/** Of lines `<namespace> <available replicas>` those with any; the number is missing where there is none. */
export function namespacesWithReplicas(lines: string): Set<string> {
  const pairs = lines.split("\n").map((line) => line.split(" "));
  return new Set(pairs.flatMap(([namespace, count]) => (namespace && Number(count) >= 1 ? [namespace] : [])));
}

function kubectlEnvironment({ kind, home }: Target): NodeJS.ProcessEnv {
  return kind === "embedded"
    ? { KUBECONFIG: join(home, "kubeconfig"), PATH: `${kubectlFolder()}:${process.env.PATH}` }
    : {};
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
