import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { parse, stringify } from "yaml";
import { edgeNames } from "../../components/platform/edge/names.ts";
import { CertificateAuthority } from "../../components/services/inCluster/tls.ts";
import { removeCluster, startCluster } from "../../embedded/cluster/index.ts";
import { gatewayDefinitions } from "../../embedded/edge/definitions.ts";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { openSession } from "../../ops/stack/session.ts";
import { settingsCopyFile, stackEnvironment } from "../../ops/stack/stack.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";
import type { Live } from "./cell.ts";
import { prepareController } from "./edgeController.ts";

export const edgeNamespace = "openclaw-edge";

/** A stack whose edge is Envoy Gateway, on a cluster of its own that has the definitions of Gateway API. */
export type EdgeStack = Awaited<ReturnType<typeof openEdgeStack>>;

export async function openEdgeStack() {
  const home = await mkdtemp(join(tmpdir(), "openclaw-edge-test-"));
  const folder = temporaryFolder();
  await startCluster({ home });
  const target = targetOf({ stack: "dev", embedded: true, tenants: folder.path }, home);
  const engine = await openSession(target, silentProgress);
  const env = stackEnvironment(target, engine);
  const settings = settingsCopyFile(target);
  const withIngress = await readFile(settings, "utf8");
  await writeFile(settings, withEnvoyGateway(withIngress));
  let controller: Awaited<ReturnType<typeof prepareController>> | undefined;

  const pulumi = (...args: string[]): Promise<RunResult> =>
    run(engine.cli, [...args, "--stack", "dev", "--non-interactive", "--color=never"], {
      cwd: repository,
      env,
      timeout: 400_000,
    });
  const tryKubectl = (args: readonly string[], input?: object): Promise<RunResult> =>
    run("kubectl", args, { env, timeout: 60_000, ...(input && { input: JSON.stringify(input) }) });
  const kubectl = async (args: readonly string[], input?: object): Promise<string> => {
    const { code, stdout, stderr } = await tryKubectl(args, input);
    if (code !== 0) {
      throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    }
    return stdout;
  };
  const succeed = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await pulumi(...args);
    if (code !== 0) {
      const log = (await controller?.log())?.split("\n").slice(-20).join("\n");
      throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}\n${log}`);
    }
    return stdout;
  };
  const writeTls = (name: string, stringData: Readonly<Record<string, string>>) =>
    kubectl(["apply", "-f-"], {
      ...{ apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls" },
      ...{ metadata: { name, namespace: edgeNamespace }, stringData },
    });
  const items = await gatewayDefinitions();
  await kubectl(["apply", "--server-side", "-f-"], { apiVersion: "v1", kind: "List", items });

  return {
    pulumi,
    kubectl,
    tryKubectl,
    up: (...args: string[]) => succeed("up", "--yes", "--skip-preview", ...args),
    /** What a preview would do, by resource name. */
    plan: async (...args: string[]): Promise<Record<string, string>> => {
      const { steps } = JSON.parse(await succeed("preview", "--json", ...args)) as {
        steps: { op: string; urn: string }[];
      };
      const changes = steps.filter(({ op }) => op !== "same" && op !== "read" && op !== "refresh");
      return Object.fromEntries(changes.map(({ op, urn }) => [urn.split("::").at(-1) ?? urn, op]));
    },
    inEdge: async (kind: string, name: string): Promise<Live> =>
      JSON.parse(await kubectl(["get", kind, name, `--namespace=${edgeNamespace}`, "--output=json"])),
    writeTenant: (id: string, fields: Readonly<Record<string, unknown>> = {}) =>
      folder.write(`${id}.yaml`, tenantYaml({ ...fields })),
    /** Gives the stack the edge that Pulumi.dev.yaml has. */
    backToIngress: () => writeFile(settings, withIngress),
    removeTenantFile: (id: string) => rm(join(folder.path, `${id}.yaml`)),
    /** A Secret with a certificate in the edge's namespace. */
    writeCertificate: async (name: string) =>
      writeTls(name, { ...(await (await CertificateAuthority.of("a".repeat(64))).issue(name)) }),
    /** Starts the real controller with the rights of its ServiceAccount, once an update has made both. */
    startController: async () => {
      const account = ["--namespace", edgeNamespace, "serviceaccount", edgeNames.controller] as const;
      await vi.waitUntil(async () => (await tryKubectl(["get", ...account])).code === 0, {
        timeout: 60_000,
        interval: 200,
      });
      const token = await kubectl(["create", "token", edgeNames.controller, `--namespace=${edgeNamespace}`]);
      const config = parse(await kubectl(["config", "view", "--raw", "--flatten"]));
      config.users[0].user = { token: token.trim() };
      controller = await prepareController(edgeNamespace, stringify(config));
      // The Job that makes it does not really run here.
      await writeTls("envoy", controller.proxyCertificate);
      await controller.start();
    },
    close: async () => {
      await controller?.close();
      await removeCluster(home);
      folder[Symbol.dispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** The settings of Pulumi.dev.yaml with another edge. */
function withEnvoyGateway(text: string): string {
  const settings = parse(text);
  const { ingressClass: _, ...proxies } = settings.config["openclaw:platform"].edge;
  settings.config["openclaw:platform"].edge = {
    kind: "envoyGateway",
    ...proxies,
    gateway: { certificate: "wildcard-tls", service: { type: "ClusterIP" } },
  };
  return stringify(settings);
}
