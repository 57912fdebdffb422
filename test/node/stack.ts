import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { workloadSelectorText } from "../../components/labels.ts";
import { namespaceName, objectNames } from "../../components/names.ts";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { terminalProgress } from "../../lib/terminal/progress.ts";
import { openSession } from "../../ops/stack/session.ts";
import { stackEnvironment, stateFile } from "../../ops/stack/stack.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { tenantYaml } from "../fixtures/tenant.ts";
import { succeeded } from "./succeeded.ts";

/** The one pod of a tenant. */
export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly address: string;
  readonly isReady: boolean;
  /** Of its container. */
  readonly restarts: number;
  /** Why its container ended the last time, if it did: `OOMKilled`, `Error`. */
  readonly lastEnd: string | undefined;
}

/** Runs kubectl; the result says how it ended. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<RunResult>;

/** A stack on the tests' real node, and its folder of tenant files. Ids of tenants must be its own. */
export type Stack = Awaited<ReturnType<typeof openStack>>;

/**
 * @param name dev, or a stack beside it, which it shares its platform with; then dev comes up first if it is not
 * @param tenants fields of the files of tenants that it is to have; those that are there stay as they are
 * @param image that tenants run; the one that they have if left out
 */
export async function openStack(
  home: string,
  name: string,
  tenants: Readonly<Record<string, object>>,
  image?: string,
) {
  if (name !== "dev" && !existsSync(stateFile(targetOf({ stack: "dev", embedded: true }, home)))) {
    await (await openStack(home, "dev", {})).up();
  }
  const folder = join(home, "tenants", name);
  const file = (id: string) => join(folder, `${id}.yaml`);
  await mkdir(folder, { recursive: true });
  for (const [id, fields] of Object.entries(tenants)) {
    await writeFile(file(id), tenantYaml({ ...fields }), { flag: "wx" }).catch(ignoreExisting);
  }
  const target = targetOf({ stack: name, embedded: true, tenants: folder }, home);
  /** As `npm run up` begins. */
  const open = (other?: string) => openSession(target, terminalProgress(), { nodes: "real", image: other });
  const engine = await open(image);
  const env = stackEnvironment(target, engine);

  const pulumi = async (...args: string[]): Promise<string> => {
    const all = [...args, "--stack", name, "--non-interactive", "--color=never"];
    return succeeded(await run(engine.cli, all, { cwd: repository, env, timeout: 600_000 }), args);
  };
  const tryKubectl: Kubectl = (args, input) =>
    run("kubectl", args, { env, timeout: 180_000, ...(input === undefined ? {} : { input }) });
  const kubectl = async (args: readonly string[], input?: object): Promise<string> =>
    succeeded(await tryKubectl(args, input && JSON.stringify(input)), args);
  const up = () => pulumi("up", "--yes", "--skip-preview");
  const gatewayTokens = async (): Promise<Record<string, string>> =>
    JSON.parse(await pulumi("stack", "output", "gatewayTokens", "--json", "--show-secrets"));

  return {
    home,
    env,
    open,
    up,
    kubectl,
    tryKubectl,
    /** Writes these fields of a tenant's file anew, and brings the stack up. */
    change: async (id: string, fields: Readonly<Record<string, unknown>>) => {
      const before = parse(await readFile(file(id), "utf8"));
      await writeFile(file(id), tenantYaml({ ...before, ...fields }));
      await up();
    },
    gatewayTokens,
    gatewayToken: async (id: string): Promise<string> => (await gatewayTokens())[id] ?? "",
    /** The key that the tenant's model requests carry. */
    modelKey: async (id: string): Promise<string> => {
      const path = "--output=jsonpath={.data.TENANT_LLM_KEY}";
      const secret = ["secret", objectNames.credentials, `--namespace=${namespaceName(id)}`];
      return Buffer.from(await kubectl(["get", ...secret, path]), "base64").toString("utf8");
    },
    /** Ends the gateways of the stack's tenants: who comes after this file has the processors for itself. */
    rest: async (): Promise<void> => {
      for (const each of await readdir(folder)) {
        const inNamespace = `--namespace=${namespaceName(basename(each, ".yaml"))}`;
        await tryKubectl(["scale", `deployment/${objectNames.workload}`, "--replicas=0", inNamespace]);
      }
    },
    /** Runs a shell command in the tenant's container. */
    inPod: (id: string, command: string) => {
      const pod = [`--namespace=${namespaceName(id)}`, `deployment/${objectNames.workload}`];
      return kubectl(["exec", ...pod, "--", "sh", "-c", command]);
    },
    pods: async (id: string): Promise<Pod[]> => {
      const selected = ["pods", `--namespace=${namespaceName(id)}`, `--selector=${workloadSelectorText}`];
      const list = JSON.parse(await kubectl(["get", ...selected, "--output=json"]));
      return list.items.map(podOf);
    },
    /** namespace/name of the cluster's pods by their addresses. */
    podNames: async (): Promise<ReadonlyMap<string, string>> => {
      const template = '{range .items[*]}{.status.podIP} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}';
      const text = await kubectl(["get", "pods", "--all-namespaces", `--output=jsonpath=${template}`]);
      return new Map(
        text
          .trim()
          .split("\n")
          .map((line) => line.split(" ") as [string, string]),
      );
    },
  };
}

/** What is asked of the API's answer, and no more. */
interface LivePod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly lastState: { readonly terminated?: { readonly reason: string } };
    }[];
  };
}

function podOf({ metadata: { name, uid }, status: { podIP = "", containerStatuses } }: LivePod): Pod {
  const container = containerStatuses?.[0];
  return {
    name,
    uid,
    address: podIP,
    isReady: container?.ready ?? false,
    restarts: container?.restartCount ?? 0,
    lastEnd: container?.lastState.terminated?.reason,
  };
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") {
    throw error;
  }
}
