import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { objectNames } from "../../components/names.ts";
import { kubectlFolder } from "../cluster/index.ts";
import { run } from "../system/run.ts";
import { UserError } from "../terminal/errors.ts";
import type { StackOutputs } from "./stackOutputs.ts";
import { type Target, targetFlags } from "./target.ts";

/**
 * Namespaces whose instance is available.
 *
 * @throws UserError if there is no kubectl, or the cluster does not answer
 */
export async function availableNamespaces(
  target: Target,
  outputs: Pick<StackOutputs, "cluster" | "kubeconfig">,
): Promise<Set<string>> {
  const { context, kubeconfig, remedy } = accessTo(target, outputs);
  const template = "{range .items[*]}{.metadata.namespace} {.status.availableReplicas}{'\\n'}{end}";
  const query = [
    ...(context === undefined ? [] : ["--context", context]),
    ...["get", "deployments", "--all-namespaces", "--request-timeout=15s"],
    ...["--field-selector", `metadata.name=${objectNames.workload}`, "--output", `jsonpath=${template}`],
  ];
  const { code, stdout, stderr } = await withKubeconfig(kubeconfig, (variables) =>
    run("kubectl", query, { env: { ...process.env, ...kubectlEnvironment(target), ...variables } }),
  );
  if (code === 127) {
    throw new UserError("kubectl is needed to ask the cluster who is ready, and is not on PATH.");
  }
  if (code !== 0) {
    throw new UserError(`The cluster does not answer: ${stderr.trim().split("\n").at(-1)}\n${remedy}`);
  }
  return namespacesWithReplicas(stdout);
}

interface Access {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  /** What to do when it does not work. */
  readonly remedy: string;
}

/** What the command line names goes before what the stack knows. */
function accessTo(
  target: Target,
  { cluster, kubeconfig }: Pick<StackOutputs, "cluster" | "kubeconfig">,
): Access {
  if (target.kind === "embedded") {
    return { context: target.context, remedy: "`npm run up` starts the embedded cluster again." };
  }
  const context = target.context ?? cluster?.context;
  if (context !== undefined) {
    return { context, remedy: `It was asked by the context ${context} of your kubeconfig.` };
  }
  const again = `\`npm run up${targetFlags(target)}\` is given another`;
  return {
    kubeconfig,
    remedy: `The credential that the last update was given ends after some time; ${again}, and --context names your own.`,
  };
}

/** Runs with a kubeconfig in a file that nobody else can read, and that is gone afterwards. */
async function withKubeconfig<T>(
  text: string | undefined,
  body: (variables: { readonly KUBECONFIG?: string }) => Promise<T>,
): Promise<T> {
  if (text === undefined) {
    return body({});
  }
  const folder = await mkdtemp(join(tmpdir(), "openclaw-kubeconfig-"));
  try {
    const file = join(folder, "kubeconfig");
    await writeFile(file, text, { mode: 0o600 });
    return await body({ KUBECONFIG: file });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
