import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { namespaceName, objectNames } from "../../components/names.ts";
import { openSession } from "../../tools/cli/session.ts";
import { stackEnvironment } from "../../tools/cli/stack.ts";
import { targetOf } from "../../tools/cli/target.ts";
import { readNodeRecord } from "../../tools/node/record.ts";
import { repository } from "../../tools/system/paths.ts";
import { type RunResult, run } from "../../tools/system/run.ts";
import { terminalProgress } from "../../tools/terminal/progress.ts";
import { tenantYaml } from "../fixtures/tenant.ts";
import { stubObjects, stubs } from "./stubs/index.ts";

/** Tenants that every file finds running. Files leave them running, active, and as large or larger. */
const tenants = {
  acme: { plan: "basic" },
  bluebird: { displayName: "Bluebird Studio", plan: "pro" },
} as const;

export type TenantId = keyof typeof tenants;

/** The one pod of a tenant. */
export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly isReady: boolean;
  /** Of its container. */
  readonly restarts: number;
  /** Why its container ended the last time, if it did: `OOMKilled`, `Error`. */
  readonly lastEnd: string | undefined;
}

/**
 * The stack dev with its tenants on the tests' real node, and between them a model provider and an edge that are the
 * tests' own. The first file that asks brings it up; the others find it as it was left.
 */
export type DevStack = Awaited<ReturnType<typeof openDevStack>>;

export async function openDevStack(home: string) {
  const folder = join(home, "tenants");
  const file = (id: TenantId) => join(folder, `${id}.yaml`);
  await mkdir(folder, { recursive: true });
  for (const id of Object.keys(tenants) as TenantId[]) {
    await writeFile(file(id), tenantYaml(tenants[id]), { flag: "wx" }).catch(ignoreExisting);
  }
  const target = targetOf({ stack: "dev", embedded: true, tenants: folder }, home);
  /** As `npm run up` begins. @param image that tenants run; the one they have if left out */
  const open = (image?: string) => openSession(target, terminalProgress(), { nodes: "real", image });
  const engine = await open();
  const env = stackEnvironment(target, engine);

  const pulumi = async (...args: string[]): Promise<string> => {
    const all = [...args, "--stack", "dev", "--non-interactive", "--color=never"];
    return succeeded(await run(engine.cli, all, { cwd: repository, env, timeout: 600_000 }), args);
  };
  const kubectl = async (args: readonly string[], input?: object): Promise<string> => {
    const options = {
      env,
      timeout: 120_000,
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    };
    return succeeded(await run("kubectl", args, options), args);
  };
  const up = () => pulumi("up", "--yes", "--skip-preview");
  const changeTenant = async (id: TenantId, fields: Readonly<Record<string, unknown>>) =>
    writeFile(file(id), tenantYaml({ ...parse(await readFile(file(id), "utf8")), ...fields }));
  const address = (namespace: string, service: string) =>
    kubectl(["get", "service", `--namespace=${namespace}`, service, "--output=jsonpath={.spec.clusterIP}"]);

  await up();
  await kubectl(["apply", "--filename=-"], stubObjects(readNodeRecord(home)?.image ?? ""));
  for (const { name, namespace } of Object.values(stubs)) {
    await kubectl(["rollout", "status", `deployment/${name}`, `--namespace=${namespace}`, "--timeout=100s"]);
  }
  const urlOf = async ({ name, namespace, port }: (typeof stubs)[keyof typeof stubs]) =>
    `http://${await address(namespace, name)}:${port}`;

  return {
    home,
    env,
    open,
    up,
    kubectl,
    edge: await urlOf(stubs.edge),
    modelProvider: await urlOf(stubs.modelProvider),
    /** Takes hold with the next {@link up}. */
    changeTenant,
    change: async (...change: Parameters<typeof changeTenant>) => {
      await changeTenant(...change);
      await up();
    },
    /** `host:port` of the tenant's Service. */
    serviceOf: async (id: TenantId) => `${await address(namespaceName(id), objectNames.service)}:18789`,
    gatewayToken: async (id: TenantId): Promise<string> =>
      JSON.parse(await pulumi("stack", "output", "gatewayTokens", "--json", "--show-secrets"))[id],
    /** The key that the tenant's model requests carry. */
    modelKey: async (id: TenantId): Promise<string> => {
      const path = "--output=jsonpath={.data.TENANT_LLM_KEY}";
      const data = await kubectl([
        "get",
        "secret",
        `--namespace=${namespaceName(id)}`,
        objectNames.credentials,
        path,
      ]);
      return Buffer.from(data, "base64").toString("utf8");
    },
    /** Runs a shell command in the tenant's container. */
    inPod: (id: TenantId, command: string) =>
      kubectl([
        "exec",
        `--namespace=${namespaceName(id)}`,
        `deployment/${objectNames.workload}`,
        "--",
        ...["sh", "-c", command],
      ]),
    pods: async (id: TenantId): Promise<Pod[]> => {
      const list = JSON.parse(
        await kubectl(["get", "pods", `--namespace=${namespaceName(id)}`, "--output=json"]),
      );
      return list.items.map(podOf);
    },
  };
}

/** What is asked of the API's answer, and no more. */
interface LivePod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly lastState: { readonly terminated?: { readonly reason: string } };
    }[];
  };
}

function podOf({ metadata: { name, uid }, status: { containerStatuses } }: LivePod): Pod {
  const container = containerStatuses?.[0];
  return {
    name,
    uid,
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

function succeeded({ code, stdout, stderr }: RunResult, args: readonly string[]): string {
  if (code !== 0) {
    throw new Error(`${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
  }
  return stdout;
}
