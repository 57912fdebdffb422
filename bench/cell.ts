import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { servicesNamespace } from "../components/services/namespace.ts";
import { type Engine, type EngineKind, removeCluster } from "../embedded/index.ts";
import { repository } from "../lib/system/paths.ts";
import { run } from "../lib/system/run.ts";
import { type Progress, silentProgress } from "../lib/terminal/progress.ts";
import type { NodesChoice } from "../ops/stack/nodes.ts";
import { openSession } from "../ops/stack/session.ts";
import { stackEnvironment, stateFile } from "../ops/stack/stack.ts";
import { type Target, targetOf } from "../ops/stack/target.ts";
import { suspendTenant, tenantId, writeTenants } from "./samples.ts";

/** A cell as in a fleet, on an embedded cluster of its own; both are gone after `close`. */
export type BenchCell = Awaited<ReturnType<typeof openBenchCell>>;

export interface BenchCellOptions {
  /** The nodes of its cluster; simulated ones unless given. */
  readonly nodes?: NodesChoice;
  /** The official parts that can be had unless given. */
  readonly engine?: EngineKind | undefined;
  readonly progress?: Progress;
}

export async function openBenchCell({ nodes = {}, engine, progress = silentProgress }: BenchCellOptions) {
  const home = await mkdtemp(join(tmpdir(), "openclaw-bench-"));
  const close = async () => {
    await removeCluster(home);
    await rm(home, { recursive: true, force: true });
  };
  try {
    // The platform has a stack of its own, which the cell reads.
    const place = { home, nodes, engine };
    await (await openStack("dev", place, progress)).up();
    return { ...(await openStack("bench", place, silentProgress)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Place {
  readonly home: string;
  readonly nodes: NodesChoice;
  readonly engine: EngineKind | undefined;
}

async function openStack(stack: string, { home, nodes, engine: kind }: Place, progress: Progress) {
  const tenants = join(home, `${stack}-tenants`);
  await mkdir(tenants);
  const target = targetOf({ stack, embedded: true, tenants, engine: kind }, home);
  const engine = await openSession(target, progress, nodes);
  return cellOn(target, tenants, engine);
}

async function cellOn(target: Target, tenants: string, engine: Engine) {
  const env = stackEnvironment(target, engine);
  const execute = async (
    command: string,
    args: readonly string[],
    variables: NodeJS.ProcessEnv = {},
  ): Promise<string> => {
    const { code, stdout, stderr } = await run(command, args, {
      cwd: repository,
      env: { ...env, ...variables },
      timeout: 600_000,
    });
    if (code !== 0) {
      throw new Error(`${command} ${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
    }
    return stdout;
  };
  const anyPulumi = (args: readonly string[], variables?: NodeJS.ProcessEnv) =>
    execute(engine.cli, [...args, "--non-interactive", "--color=never"], variables);
  const pulumi = (...args: string[]) => anyPulumi([...args, "--stack", target.stack]);
  await pulumi("config", "set", "openclaw:maxTenants", "1000");
  let size = 0;

  return {
    engine: engine.description,
    cli: engine.cli,
    environment: env,
    stack: target.stack,
    home: target.home,
    size: () => size,
    /** The size of the state as it lies on the disk. */
    stateMiB: async () => (await stat(stateFile(target))).size / 2 ** 20,
    stateText: () => readFile(stateFile(target), "utf8"),
    /** Runs Pulumi with the cell's backend and cluster, on any stack. */
    pulumi: anyPulumi,
    /** Writes tenant files until there are `count`; an update then creates them. */
    grow: async (count: number) => {
      await writeTenants(tenants, size, count);
      size = count;
    },
    /** Writes the newest tenant's file anew; an update then takes its pod away. */
    suspendNewest: () => suspendTenant(tenants, size - 1),
    up: () => pulumi("up", "--yes", "--skip-preview"),
    preview: () => pulumi("preview"),
    /** The objects of the newest tenant as one file for kubectl, in a namespace `kubectl-<id>`. */
    manifestsOfNewest: async (): Promise<{ namespace: string; file: string }> => {
      const id = tenantId(size - 1);
      const namespace = `kubectl-${id}`;
      const state = await readFile(stateFile(target), "utf8");
      const file = join(target.home, `${namespace}.json`);
      await writeFile(file, JSON.stringify(manifests(state, id, namespace)));
      return { namespace, file };
    },
    kubectl: (...args: string[]) => execute("kubectl", args),
    apply: async (namespace: string, file: string) => {
      await execute("kubectl", ["apply", "--server-side", "--filename", file]);
      await execute("kubectl", ["rollout", "status", "deployment/openclaw", "--namespace", namespace]);
    },
    remove: (namespace: string) => execute("kubectl", ["delete", "namespace", namespace]),
  };
}

/**
 * The Kubernetes objects of one tenant in a state file, with its secrets replaced and its names changed; without those
 * among the shared services, which have no namespace of their own to be copied into.
 */
function manifests(stateText: string, id: string, namespace: string): object {
  const state: StateFile = JSON.parse(stateText);
  const items = state.checkpoint.latest.resources
    .filter(({ urn, type }) => urn.includes(`::${id}-`) && type.startsWith("kubernetes:"))
    .filter(({ inputs }) => inputs.metadata.namespace !== servicesNamespace)
    .map(({ inputs }) => (inputs.kind === "Secret" ? { ...inputs, data: standInSecret } : inputs));
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  return JSON.parse(
    text.replaceAll(`tenant-${id}`, namespace).replaceAll(`${id}.openclaw`, `${namespace}.openclaw`),
  );
}

/** The keys the pod reads, none of them a secret. */
const standInSecret = { OPENCLAW_GATEWAY_TOKEN: "YmVuY2g=", TENANT_LLM_KEY: "YmVuY2g=" };

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string };
}

interface StateFile {
  readonly checkpoint: {
    readonly latest: {
      readonly resources: readonly {
        readonly urn: string;
        readonly type: string;
        readonly inputs: KubernetesObject;
      }[];
    };
  };
}
