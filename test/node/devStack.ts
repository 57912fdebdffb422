import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { namespaceName, objectNames } from "../../components/names.ts";
import { openSession } from "../../tools/cli/session.ts";
import { stackEnvironment } from "../../tools/cli/stack.ts";
import { targetOf } from "../../tools/cli/target.ts";
import { readNodeRecord } from "../../tools/node/record.ts";
import { repository } from "../../tools/system/paths.ts";
import { run } from "../../tools/system/run.ts";
import { terminalProgress } from "../../tools/terminal/progress.ts";
import { tenantYaml } from "../fixtures/tenant.ts";
import { stubObjects, stubs } from "./stubs/index.ts";
import { succeeded } from "./succeeded.ts";

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

/** A stack on the tests' real node, and its folder of tenant files. Ids of tenants must be its own. */
export type Stack = Awaited<ReturnType<typeof openStack>>;

/**
 * @param name dev, or a stack beside it, which it shares its platform with
 * @param tenants fields of the files of tenants that it is to have; those that are there stay as they are
 * @param image that tenants run; the one that they have if left out
 */
export async function openStack(
  home: string,
  name: string,
  tenants: Readonly<Record<string, object>>,
  image?: string,
) {
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
  const kubectl = async (args: readonly string[], input?: object): Promise<string> => {
    const options = {
      env,
      timeout: 120_000,
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    };
    return succeeded(await run("kubectl", args, options), args);
  };
  const up = () => pulumi("up", "--yes", "--skip-preview");

  return {
    home,
    open,
    up,
    kubectl,
    /** Writes these fields of a tenant's file anew, and brings the stack up. */
    change: async (id: string, fields: Readonly<Record<string, unknown>>) => {
      const before = parse(await readFile(file(id), "utf8"));
      await writeFile(file(id), tenantYaml({ ...before, ...fields }));
      await up();
    },
    gatewayToken: async (id: string): Promise<string> =>
      JSON.parse(await pulumi("stack", "output", "gatewayTokens", "--json", "--show-secrets"))[id],
    /** The key that the tenant's model requests carry. */
    modelKey: async (id: string): Promise<string> => {
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
    inPod: (id: string, command: string) =>
      kubectl([
        "exec",
        `--namespace=${namespaceName(id)}`,
        `deployment/${objectNames.workload}`,
        "--",
        ...["sh", "-c", command],
      ]),
    pods: async (id: string): Promise<Pod[]> => {
      const list = JSON.parse(
        await kubectl(["get", "pods", `--namespace=${namespaceName(id)}`, "--output=json"]),
      );
      return list.items.map(podOf);
    },
  };
}

/** Tenants that every file finds running. Files leave them running, active, and as large or larger. */
const tenants = {
  acme: { plan: "basic" },
  bluebird: { displayName: "Bluebird Studio", plan: "pro" },
} as const;

export type TenantId = keyof typeof tenants;

/**
 * The stack dev, and the addresses of a model provider and an edge that are the tests' own. The first file that asks
 * brings it up; the others find it as it was left.
 */
export type DevStack = Awaited<ReturnType<typeof openDevStack>>;

export async function openDevStack(home: string) {
  const stack = await openStack(home, "dev", tenants);
  const { up, kubectl } = stack;
  await up();
  await kubectl(["apply", "--filename=-"], stubObjects(readNodeRecord(home)?.image ?? ""));
  const urlOf = async ({ name, namespace, port }: (typeof stubs)[keyof typeof stubs]) => {
    const inNamespace = `--namespace=${namespace}`;
    await kubectl(["rollout", "status", `deployment/${name}`, inNamespace, "--timeout=100s"]);
    const path = "--output=jsonpath={.spec.clusterIP}";
    return `http://${await kubectl(["get", "service", name, inNamespace, path])}:${port}`;
  };
  const addresses = new Map<string, string>();
  return {
    ...stack,
    edge: await urlOf(stubs.edge),
    modelProvider: await urlOf(stubs.modelProvider),
    /** Of a tenant's Service, which keeps it for as long as it is there. */
    serviceAddress: async (id: string): Promise<string> => {
      const known = addresses.get(id);
      const inNamespace = `--namespace=${namespaceName(id)}`;
      const path = "--output=jsonpath={.spec.clusterIP}";
      const address = known ?? (await kubectl(["get", "service", objectNames.service, inNamespace, path]));
      addresses.set(id, address);
      return address;
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
