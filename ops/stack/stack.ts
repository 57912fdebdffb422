import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type Engine,
  embeddedContext,
  kubectlFolder,
  kubectlVariables,
  localStorageClass,
  overridesVariable,
  pluginOverrides,
  readNodeRecord,
  terraformCacheVariable,
  userPulumiHome,
} from "../../embedded/index.ts";
import { cacheRoot } from "../../lib/system/cache.ts";
import { repository } from "../../lib/system/paths.ts";
import { directLoopback } from "../../lib/system/proxy.ts";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import { embeddedOwner, settingsFile } from "../../settings/stacks.ts";
import { clusterNameOf, type SettingsOverrides, settingsCopy } from "./settingsCopy.ts";
import type { Target } from "./target.ts";

/** The name of the project in Pulumi.yaml. */
export const projectName = "openclaw";

/** Variables for Pulumi and kubectl; `undefined` unsets what the user has. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of a target's own state. */
export function stateFolder({ folder }: Target): string {
  return join(folder, "state");
}

/** The file that holds the state of a target's stack. Not for kind `own`. */
export function stateFile(target: Target): string {
  return join(stateFolder(target), ".pulumi", "stacks", projectName, `${target.stack}.json`);
}

/** The copy of the stack's settings that Pulumi uses instead of the committed file. */
export function settingsCopyFile({ folder, stack }: Target): string {
  return join(folder, settingsFile(stack));
}

/** Marks every process of a run, so that those of a run that was killed are known: leftovers.ts. */
export const runVariable = "OPENCLAW_RUN";

export const runMark = ({ folder, stack }: Target): string => join(folder, stack);

/** Folders that go before the user's own PATH. */
export function pathFolders({ kind }: Target, engine: Engine): string[] {
  return [
    ...engine.path,
    // The language host runs the program on the first node it finds.
    join(repository, "node_modules", ".bin"),
    ...(kind === "embedded" ? [kubectlFolder()] : []),
  ];
}

/** Environment variables, besides PATH, with which `pulumi up -s <stack>` works on a target. */
export function stackVariables(target: Target, engine: Engine): Environment {
  const overrides = pluginOverrides(process.env);
  return {
    ...directLoopback(process.env),
    [runVariable]: runMark(target),
    PULUMI_HOME: engine.pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Less work for nothing lost: docs/performance.md has what each brings.
    GOGC: process.env.GOGC ?? "400",
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheRoot(), "compiled"),
    // What the stack needs is in the engine's home, fetched before anything runs and seen by who waits for it.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION:
      process.env.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ?? "true",
    ...(overrides === undefined ? {} : { [overridesVariable]: overrides }),
    ...(engine.terraformCache === undefined ? {} : { [terraformCacheVariable]: engine.terraformCache }),
    ...(hasSettingsCopy(target) ? { PULUMI_OPTION_CONFIG_FILE: settingsCopyFile(target) } : {}),
    ...(target.kind === "own" ? ownBackend() : localBackend(target)),
  };
}

/** The whole environment of a program that works on a target: Pulumi, kubectl, a test. */
export function stackEnvironment(target: Target, engine: Engine): NodeJS.ProcessEnv {
  const path = [...pathFolders(target, engine), process.env.PATH ?? ""].join(delimiter);
  return { ...process.env, ...stackVariables(target, engine), PATH: path };
}

function ownBackend(): Environment {
  // The login stays where the user made it.
  return { PULUMI_CREDENTIALS_PATH: process.env.PULUMI_CREDENTIALS_PATH || userPulumiHome() };
}

function localBackend(target: Target): Environment {
  const shared = {
    // Left alone the backend keeps a file of attributes beside each file, and writes it in place: killed at that
    // moment it leaves half a file there, and the stack cannot be read any more. The state itself is replaced whole.
    PULUMI_BACKEND_URL: `${pathToFileURL(stateFolder(target)).href}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(target.folder, "passphrase"),
    // It would go before the file.
    PULUMI_CONFIG_PASSPHRASE: undefined,
  };
  if (target.kind === "local") {
    return shared;
  }
  return {
    ...shared,
    ...kubectlVariables(target.home),
    // A second copy of the state at every step, for a cluster that is only for trying.
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  };
}

/** A real stack is left to its committed settings unless the command line says otherwise. */
function hasSettingsCopy({ kind, tenants, context }: Target): boolean {
  return kind !== "own" || tenants !== undefined || context !== undefined;
}

/**
 * Makes what the environment names: the passphrase, the copy of the settings and, for local state, the stack itself.
 * Nothing in the repository is written.
 *
 * @throws UserError if the stack needs another one that is not there
 */
export async function prepareStack(target: Target, engine: Engine): Promise<void> {
  const owner = { ...target, stack: embeddedOwner };
  if (target.kind === "embedded" && target.stack !== embeddedOwner && !existsSync(stateFile(owner))) {
    throw new UserError(
      `The stack ${embeddedOwner} owns the platform of the embedded cluster and is not up; \`npm run up\` first.`,
    );
  }
  await mkdir(target.folder, { recursive: true, mode: 0o700 });
  if (hasSettingsCopy(target)) {
    await refreshSettingsCopy(target);
  }
  if (target.kind !== "own") {
    await ensurePassphrase(join(target.folder, "passphrase"));
    await mkdir(stateFolder(target), { recursive: true, mode: 0o700 });
    if (!existsSync(stateFile(target))) {
      await createStack(target, engine);
    }
  }
}

async function ensurePassphrase(file: string): Promise<void> {
  if (!existsSync(file)) {
    await writeFile(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  }
  await chmod(file, 0o600);
}

async function refreshSettingsCopy(target: Target): Promise<void> {
  const committed = join(repository, settingsFile(target.stack));
  const text = existsSync(committed) ? await readFile(committed, "utf8") : await ownerText();
  const file = settingsCopyFile(target);
  const previous = existsSync(file) ? await readFile(file, "utf8") : undefined;
  const copy = settingsCopy(text, previous, await overridesOf(target));
  await writeFile(file, copy, { mode: 0o600 });
}

const ownerText = (): Promise<string> => readFile(join(repository, settingsFile(embeddedOwner)), "utf8");

async function overridesOf({ kind, stack, home, tenants, context }: Target): Promise<SettingsOverrides> {
  const record = kind === "embedded" ? readNodeRecord(home) : undefined;
  const node = record && {
    image: record.image,
    serviceImages: record.serviceImages ?? {},
    storageClass: localStorageClass,
  };
  if (kind === "embedded" && stack !== embeddedOwner) {
    const platformStack = `organization/${projectName}/${embeddedOwner}`;
    const cluster = { context: embeddedContext, name: embeddedContext };
    return { tenants, platform: { stack: platformStack, ownerText: await ownerText() }, cluster, node };
  }
  if (kind === "embedded" || context === undefined) {
    return { tenants, node };
  }
  // dev names the embedded cluster; a real stack's name stays, however its context is called here.
  const name = kind === "local" ? { name: clusterNameOf(context) } : {};
  return { tenants, cluster: { context, ...name } };
}

/** Creates the stack from a temporary folder, because `pulumi stack init` writes settings beside the project file. */
async function createStack(target: Target, engine: Engine): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-stack-"));
  try {
    await copyFile(join(repository, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const { code, stderr } = await run(
      engine.cli,
      ["stack", "init", target.stack, "--non-interactive", "--cwd", folder],
      { env: stackEnvironment(target, engine) },
    );
    if (code !== 0) {
      throw new UserError(`pulumi stack init ${target.stack} failed: ${stderr.trim()}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
