import { existsSync } from "node:fs";
import { openSession } from "../../tools/cli/session.ts";
import { stackEnvironment, stateFile } from "../../tools/cli/stack.ts";
import { targetOf } from "../../tools/cli/target.ts";
import { repository } from "../../tools/system/paths.ts";
import { type RunResult, run } from "../../tools/system/run.ts";
import { terminalProgress } from "../../tools/terminal/progress.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";
import { succeeded } from "./succeeded.ts";

export type NodeStack = Awaited<ReturnType<typeof openNodeStack>>;

/** A stack of its own on the node tests' cluster, whose platform is dev's; dev comes up without tenants if it is not. */
export async function openNodeStack(home: string, stack: string) {
  if (!existsSync(stateFile(targetOf({ stack: "dev", embedded: true }, home)))) {
    const dev = await session(home, "dev");
    await dev.pulumi("up", "--yes", "--skip-preview");
    dev.folder[Symbol.dispose]();
  }
  const { folder, env, pulumi } = await session(home, stack);
  const kubectl = (args: readonly string[], input?: string): Promise<RunResult> =>
    run("kubectl", args, { env, timeout: 180_000, ...(input === undefined ? {} : { input }) });
  const get = async (...args: string[]) =>
    succeeded(await kubectl(["get", ...args]), ["kubectl", "get", ...args]);
  const ofPod = (tenant: string, path: string) =>
    get("pods", `--namespace=tenant-${tenant}`, `--output=jsonpath={.items[0]${path}}`);

  return {
    env,
    kubectl,
    writeTenant: (id: string, fields: Readonly<Record<string, unknown>> = {}) =>
      folder.write(`${id}.yaml`, tenantYaml(fields)),
    up: () => pulumi("up", "--yes", "--skip-preview"),
    gatewayTokens: async (): Promise<Record<string, string>> =>
      JSON.parse(await pulumi("stack", "output", "gatewayTokens", "--json", "--show-secrets")),
    podAddress: (tenant: string) => ofPod(tenant, ".status.podIP"),
    restarts: async (tenant: string) =>
      Number(await ofPod(tenant, ".status.containerStatuses[0].restartCount")),
    /** namespace/name of the cluster's pods by their addresses. */
    podNames: async (): Promise<ReadonlyMap<string, string>> => {
      const template = '{range .items[*]}{.status.podIP} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}';
      const text = await get("pods", "--all-namespaces", `--output=jsonpath=${template}`);
      return new Map(
        text
          .trim()
          .split("\n")
          .map((line) => line.split(" ") as [string, string]),
      );
    },
    close: async () => folder[Symbol.dispose](),
  };
}

async function session(home: string, stack: string) {
  const folder = temporaryFolder();
  const target = targetOf({ stack, embedded: true, tenants: folder.path }, home);
  const engine = await openSession(target, terminalProgress(), { nodes: "real" });
  const env = stackEnvironment(target, engine);
  const pulumi = async (...args: string[]): Promise<string> => {
    const all = [...args, "--stack", stack, "--non-interactive", "--color=never"];
    return succeeded(await run(engine.cli, all, { cwd: repository, env, timeout: 600_000 }), args);
  };
  return { folder, env, pulumi };
}
