import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { openSession } from "../../ops/stack/session.ts";
import { runMark, stackEnvironment, stateFile } from "../../ops/stack/stack.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { schemaFileName } from "../../tenants/folder.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

/** A Kubernetes object as JSON; tests look at what they need of it. */
// biome-ignore lint/suspicious/noExplicitAny: the API's answer, asserted on, never relied on
export type Live = any;

/** The stack that owns the embedded cluster's platform; every other one reads it from there, as in a fleet. */
const platformStack = "dev";

/** A stack of its own on the tests' cluster, with a folder of tenant files that a test writes. */
export type Cell = Awaited<ReturnType<typeof openCell>>;

interface CellPlaces {
  /** Folder of a state of its own: another clone's, of a stack that the tests have already. */
  readonly stateIn?: string;
  /** Folder of several cells, which is removed by whoever made it. */
  readonly cells?: ReturnType<typeof temporaryFolder>;
}

/** A cell's own folder in one of several cells, as the project's tenants folder is. */
function folderAmong(cells: NonNullable<CellPlaces["cells"]>, cell: string): typeof cells {
  cells.write(schemaFileName, "");
  cells.write(`${cell}/.keep`, "");
  return {
    path: join(cells.path, cell),
    write: (name, content) => cells.write(`${cell}/${name}`, content),
    [Symbol.dispose]: () => {},
  };
}

/**
 * Tenant ids must be the test file's own: all stacks share one cluster.
 *
 * @param variables for Pulumi, besides what every command gives it
 */
export async function openCell(
  stack: string,
  variables: Readonly<Record<string, string>> = {},
  { stateIn, cells }: CellPlaces = {},
) {
  await ensurePlatform();
  const folder = cells === undefined ? temporaryFolder() : folderAmong(cells, stack);
  const target = {
    ...targetOf({ stack, embedded: true, tenants: folder.path }, inject("engineHome")),
    ...(stateIn === undefined ? {} : { folder: stateIn }),
  };
  /** As `npm run up` begins: what a killed run has left is put in order. */
  const open = () => openSession(target, silentProgress);
  const engine = await open();
  const env = { ...stackEnvironment(target, engine), ...variables };

  /** Runs Pulumi to its end; the result says how it ended. */
  const pulumi = (command: string, ...args: string[]): Promise<RunResult> =>
    run(engine.cli, [command, "--stack", stack, "--non-interactive", "--color=never", ...args], {
      cwd: repository,
      env,
      timeout: 240_000,
    });
  const succeed = async (...args: Parameters<typeof pulumi>): Promise<string> => {
    const { code, stdout, stderr } = await pulumi(...args);
    if (code !== 0) {
      throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
    }
    return stdout;
  };

  const kubectl = (args: readonly string[], input?: object): Promise<RunResult> =>
    run("kubectl", args, { env, timeout: 60_000, ...(input ? { input: JSON.stringify(input) } : {}) });
  const json = async (...args: string[]): Promise<Live> => {
    const { code, stdout, stderr } = await kubectl([...args, "--output=json"]);
    if (code !== 0) {
      throw new Error(stderr);
    }
    return JSON.parse(stdout);
  };

  return {
    stack,
    target,
    /** What every process of its runs carries. */
    mark: runMark(target),
    folder: folder.path,
    env,
    reopen: open,
    pulumi,
    kubectl,
    json,
    up: (...args: string[]) => succeed("up", "--yes", "--skip-preview", ...args),
    preview: (...args: string[]) => succeed("preview", ...args),
    /** `pulumi state`, which names its stacks itself. */
    state: async (...args: string[]): Promise<void> => {
      const { code, stdout, stderr } = await run(engine.cli, ["state", ...args, "--non-interactive"], {
        cwd: repository,
        env,
      });
      if (code !== 0) {
        throw new Error(`pulumi state ${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
      }
    },
    /** What a preview would do, by resource name; unchanged resources are left out. */
    plan: async (): Promise<Record<string, string>> => {
      const digest = JSON.parse(await succeed("preview", "--json")) as {
        steps: { op: string; urn: string }[];
      };
      const changes = digest.steps.filter(({ op }) => op !== "same" && op !== "read");
      return Object.fromEntries(changes.map(({ op, urn }) => [urn.split("::").at(-1) ?? urn, op]));
    },
    writeTenant: (id: string, fields: Readonly<Record<string, unknown>> = {}) =>
      folder.write(`${id}.yaml`, tenantYaml(fields)),
    write: folder.write,
    removeTenant: (id: string) => run("rm", [join(folder.path, `${id}.yaml`)]),
    /** An object of a tenant's namespace, or undefined. */
    object: async (tenant: string, kind: string, name: string): Promise<Live> => {
      const list = await json("get", kind, "--namespace", `tenant-${tenant}`);
      return list.items.find((item: Live) => item.metadata.name === name);
    },
    /** Kinds and names of all a tenant's namespace holds, but for what the control plane puts there itself. */
    inventory: async (tenant: string): Promise<string[]> => {
      const kinds =
        "deployments,cronjobs,jobs,services,ingresses,secrets,configmaps,serviceaccounts,persistentvolumeclaims,pods";
      const list = await json(
        "get",
        `${kinds},networkpolicies,resourcequotas,limitranges`,
        "-n",
        `tenant-${tenant}`,
      );
      return list.items
        .filter(({ metadata }: Live) => !["kube-root-ca.crt", "default"].includes(metadata.name))
        .map(({ kind, metadata }: Live) => (kind === "Pod" ? "Pod" : `${kind} ${metadata.name}`))
        .toSorted();
    },
    outputs: async (): Promise<Live> =>
      JSON.parse(await succeed("stack", "output", "--json", "--show-secrets")),
    stateText: () => readFile(stateFile(target), "utf8"),
    /** Starts an update and leaves it running. */
    startUp: () =>
      spawn(engine.cli, ["up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive"], {
        cwd: repository,
        env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      }),
    close: () => folder[Symbol.dispose](),
  };
}

/** Brings the platform's stack up, unless a test file before has. */
export async function ensurePlatform(): Promise<void> {
  using noTenants = temporaryFolder();
  const target = targetOf(
    { stack: platformStack, embedded: true, tenants: noTenants.path },
    inject("engineHome"),
  );
  if (existsSync(stateFile(target))) {
    return;
  }
  const engine = await openSession(target, silentProgress);
  const { code, stdout, stderr } = await run(
    engine.cli,
    ["up", "--stack", platformStack, "--yes", "--skip-preview", "--non-interactive", "--color=never"],
    { cwd: repository, env: stackEnvironment(target, engine), timeout: 240_000 },
  );
  if (code !== 0) {
    throw new Error(`the platform's stack did not come up:\n${stdout}\n${stderr}`);
  }
}
