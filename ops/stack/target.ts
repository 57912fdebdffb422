import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type EngineKind, embeddedContext, engineKinds, engineVariable } from "../../embedded/index.ts";
import { localHome, repository } from "../../lib/system/paths.ts";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import { noSettings, settingsFile, stackNames } from "../../settings/stacks.ts";

/** Options that choose what a command works on; the same for all commands. */
export const targetOptions = {
  stack: { type: "string", default: "dev" },
  context: { type: "string" },
  embedded: { type: "boolean", default: false },
  tenants: { type: "string" },
  engine: { type: "string" },
} as const;

export const targetHelp = `  --stack NAME     the stack; dev unless given
  --context NAME   a cluster of your kubeconfig instead of the embedded one
  --embedded       run a stack other than dev on the embedded cluster, beside dev, to try it
  --tenants DIR    another folder of tenant files as the cell, to try it
  --engine KIND    official or stand-in: that engine or none; a stack in your own backend takes stand-ins only if told so
  --help           print this

Where the state is:
  dev                  the embedded cluster; state and passphrase in .local (OPENCLAW_LOCAL moves it)
  dev --context NAME   that cluster; state and a passphrase of its own in .local/contexts/NAME
  --stack other        your own Pulumi login and secrets provider, untouched; Pulumi.<stack>.yaml says which cluster`;

export interface TargetValues {
  readonly stack: string;
  readonly context?: string | undefined;
  readonly embedded: boolean;
  readonly tenants?: string | undefined;
  readonly engine?: string | undefined;
}

export interface Target {
  /**
   * `embedded`: the embedded cluster and a state file of its own. `local`: somebody's cluster, a state file of its
   * own. `own`: the user's own Pulumi backend and secrets provider.
   */
  readonly kind: "embedded" | "local" | "own";
  readonly stack: string;
  /** Folder of the embedded cluster and of all local state. */
  readonly home: string;
  /** The folder of this target's state, passphrase and copy of the stack's settings. */
  readonly folder: string;
  /** Context of the kubeconfig, if it is not the one that the stack's settings name. */
  readonly context?: string;
  /** Absolute path of the folder of tenant files, if it is not the one that the stack's settings name. */
  readonly tenants?: string;
  /** The engine that was chosen. Of kind `own` a variable chooses `official` only: stand-ins must be typed. */
  readonly engine?: EngineKind;
}

/** @throws UserError for options that do not go together, and for a stack without settings */
export function targetOf(values: TargetValues, home: string = localHome()): Target {
  const { stack, context, embedded } = values;
  if (!/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) {
    throw new UsageError(`--stack ${stack}: must be a name of letters, digits, dots, dashes and underscores`);
  }
  if (embedded && context !== undefined) {
    throw new UsageError("--embedded and --context exclude each other");
  }
  const typed = values.engine === undefined ? undefined : engineKind(values.engine);
  const engine = typed ?? engineOfEnvironment();
  const shared = {
    stack,
    home,
    ...(values.tenants === undefined ? {} : { tenants: givenPath(values.tenants) }),
    ...(engine === undefined ? {} : { engine }),
  };
  if (embedded || (stack === "dev" && context === undefined)) {
    return { ...shared, kind: "embedded", folder: home, context: embeddedContext };
  }
  if (stack === "dev" && context !== undefined) {
    return { ...shared, kind: "local", folder: join(home, "contexts", fileNameOf(context)), context };
  }
  if (!existsSync(join(repository, settingsFile(stack)))) {
    throw new UserError(
      `${noSettings(stack, stackNames())}\nTo try ${stack} on the embedded cluster with the settings of dev, add --embedded.`,
    );
  }
  const folder = join(home, "stacks", stack);
  const own: Target = { ...shared, kind: "own", folder, ...(context === undefined ? {} : { context }) };
  if (typed === undefined && engine === "stand-in") {
    const { engine: _, ...withoutEngine } = own;
    return withoutEngine;
  }
  return own;
}

function engineOfEnvironment(): EngineKind | undefined {
  const text = process.env[engineVariable];
  return text ? engineKind(text) : undefined;
}

/** The command line that works on the same target. */
export function targetFlags({ kind, stack, context }: Target): string {
  const flags = [
    ...(stack === "dev" ? [] : [`--stack ${stack}`]),
    ...(kind === "embedded" && stack !== "dev" ? ["--embedded"] : []),
    ...(kind === "embedded" || context === undefined ? [] : [`--context ${context}`]),
  ];
  return flags.length === 0 ? "" : ` -- ${flags.join(" ")}`;
}

/**
 * @param further what else the option takes, for the message
 * @throws UsageError if it is none
 */
export function engineKind(text: string, ...further: readonly string[]): EngineKind {
  const kind = engineKinds.find((each) => each === text);
  if (kind === undefined) {
    throw new UsageError(`--engine ${text}: must be ${[...engineKinds, ...further].join(" or ")}`);
  }
  return kind;
}

/** npm runs scripts in the repository's folder; a path is meant from where the user is. */
export function givenPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}

/**
 * The folder that `--out DIR` names, which need not be there yet.
 *
 * @throws UsageError if there is a file in its place, or no name
 */
export function outFolder(path: string): string {
  if (path === "") {
    throw new UsageError("--out: a folder is required");
  }
  const folder = givenPath(path);
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new UsageError(`--out ${path}: must be a folder, and this is a file`);
  }
  return folder;
}

/** Contexts may be called `arn:aws:…/cluster`. */
function fileNameOf(context: string): string {
  return encodeURIComponent(context).replace(/^\.+$/, "_");
}
