import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { type Document, LineCounter, parseDocument } from "yaml";
import { repository } from "../lib/system/paths.ts";
import { defaultMaxTenants } from "../tenants/cellSize.ts";
import { ioReason } from "../tenants/folder.ts";
import { cellNameRule, isCellName } from "../tenants/ids.ts";
import { pricesOnCluster, type TenantPrices } from "../tenants/prices.ts";
import { quoted, TenantFilesError, wholeFile } from "../tenants/problems.ts";
import { withoutExcerpt } from "../tenants/yamlText.ts";
import { parseValue, placeholders } from "./values.ts";

/**
 * The fleet as data: what the committed Pulumi.<stack>.yaml files say of the stacks, as far as tools need it.
 * settings/index.ts validates all of it when a stack runs.
 */
export interface FleetStack {
  readonly stack: string;
  /** An owner makes the platform, and may have tenants too; a cell uses another stack's. */
  readonly role: "owner" | "cell";
  /** Name of the stack that owns the platform: an owner's own. */
  readonly platform: string;
  /** Kind of its cluster, as its own settings or its owner's say; `undefined` if neither file does. */
  readonly clusterKind: string | undefined;
  /** Domain of its tenants, as its own settings or its owner's say; `undefined` if neither file does. */
  readonly domain: string | undefined;
  /** Whether it is brought up before the others of its platform. */
  readonly canary: boolean;
  /** Folder of its tenant files, relative to the repository. The folder of an owner may not exist. */
  readonly tenantsFolder: string;
  readonly maxTenants: number;
  /** Nobody has set it up yet: there are `<…>` among its settings. */
  readonly isPlaceholder: boolean;
}

/** The stack that owns the platform of the embedded cluster; every other one there reads it. */
export const embeddedOwner = "dev";

export const settingsFile = (stack: string): string => `Pulumi.${stack}.yaml`;

/** Names of the stacks that have settings, sorted. */
export function stackNames(folder: string = repository): string[] {
  return readdirSync(folder)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/s.exec(name)?.[1] ?? [])
    .sort();
}

/** The error about a stack without settings. @param known names of those that have some */
export const noSettings = (stack: string, known: readonly string[]): string =>
  `There is no ${settingsFile(stack)}. Stacks with settings: ${known.join(", ")}.`;

/**
 * Every stack that has settings, sorted by name.
 *
 * @throws TenantFilesError when a file is no YAML, or has a limit that is no whole number, or a name that is no stack's
 */
export function readFleet(folder: string = repository): FleetStack[] {
  const names = stackNames(folder);
  const misnamed = names.filter((name) => !isCellName(name));
  if (misnamed.length > 0) {
    throw new TenantFilesError(
      misnamed.map((name) => ({
        file: settingsFile(name),
        ...wholeFile(`the stack name ${quoted(name)}`, cellNameRule),
      })),
    );
  }
  const stacks = names.flatMap((stack) => readOwnFile(stack, folder) ?? []);
  const byName = new Map(stacks.map((read) => [read.stack, read]));
  return stacks.map((read) => completed(read, (owner) => byName.get(owner)));
}

/**
 * One stack, for which its own file and its owner's are read.
 *
 * @returns undefined without `Pulumi.<stack>.yaml`
 * @throws TenantFilesError as {@link readFleet}
 */
export function readStack(stack: string, folder: string = repository): FleetStack | undefined {
  const read = readOwnFile(stack, folder);
  return read && completed(read, (owner) => readOwnFile(owner, folder));
}

/**
 * One of a stack's own settings as its file says it, for whoever needs more than {@link FleetStack}.
 *
 * @returns undefined without the file or the setting
 * @throws TenantFilesError when the file is no YAML
 */
export function readSetting(stack: string, key: string, folder: string = repository): unknown {
  const text = textOf(stack, folder);
  return text === undefined ? undefined : settingOf(field(parsed(settingsFile(stack), text), "config"), key);
}

/**
 * The context of a kubeconfig that a stack's own settings name, or its owner's; undefined where the cloud lends a credential.
 *
 * @throws TenantFilesError as {@link readFleet}
 */
export function contextOfStack(stack: string, folder: string = repository): string | undefined {
  const contextIn = (name: string) => textAt(readSetting(name, "cluster", folder), "context");
  return contextIn(stack) ?? contextIn(readStack(stack, folder)?.platform ?? stack);
}

function readOwnFile(stack: string, folder: string): FleetStack | undefined {
  const text = textOf(stack, folder);
  return text === undefined ? undefined : fleetStack(stack, text);
}

/**
 * A stack as the text of its own file says it.
 *
 * @throws TenantFilesError as {@link readFleet}
 */
export function fleetStack(stack: string, text: string): FleetStack {
  const file = settingsFile(stack);
  const config = field(parsed(file, text), "config");
  const setting = (key: string) => settingOf(config, key);
  const platform = setting("platform");
  const owner = textAt(platform, "stack");
  const maxTenants = setting("maxTenants") ?? defaultMaxTenants;
  if (typeof maxTenants !== "number" || !Number.isSafeInteger(maxTenants) || maxTenants < 1) {
    throw wrong(file, "an openclaw:maxTenants that is no whole number from 1", "openclaw:maxTenants: 25");
  }
  const tenants = setting("tenants");
  return {
    stack,
    role: owner === undefined ? "owner" : "cell",
    platform: owner?.split("/").at(-1) ?? stack,
    clusterKind: textAt(setting("cluster"), "kind"),
    domain: textAt(platform, "domain"),
    canary: setting("canary") === true,
    tenantsFolder: relativeFolder(tenants === undefined ? join("tenants", stack) : String(tenants)),
    maxTenants,
    isPlaceholder: placeholders(config).length > 0,
  };
}

/** The stack whose tenants are in the folder of this name, which is what a tenant knows of its cell. */
export function stackOfCell(fleet: readonly FleetStack[], cell: string): FleetStack | undefined {
  return fleet.find(({ tenantsFolder }) => basename(tenantsFolder) === cell);
}

/** The list price of a cell's tenants on its cluster. */
export const pricesOfCell = (fleet: readonly FleetStack[], cell: string): TenantPrices =>
  pricesOnCluster(stackOfCell(fleet, cell)?.clusterKind);

/** The settings with those of the cell's owner, if the owner has a file. */
function completed(stack: FleetStack, ownFile: (stack: string) => FleetStack | undefined): FleetStack {
  const owner = stack.role === "cell" ? ownFile(stack.platform) : undefined;
  return owner === undefined
    ? stack
    : { ...stack, clusterKind: stack.clusterKind ?? owner.clusterKind, domain: owner.domain };
}

/** A value written as text, as `pulumi config set` does, is what the program takes it for. */
function settingOf(config: unknown, key: string): unknown {
  const value = field(config, `openclaw:${key}`);
  return typeof value === "string" ? parseValue(value) : (value ?? undefined);
}

function parsed(file: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { logLevel: "error", prettyErrors: false, lineCounter: lines });
  const [error] = document.errors;
  if (error === undefined) {
    return plainValue(document, file);
  }
  const { line, col: column } = lines.linePos(error.pos[0]);
  const finding = wholeFile(`a YAML mistake: ${withoutExcerpt(error)}`, "valid YAML");
  throw new TenantFilesError([{ file, ...finding, line, column }]);
}

/** A few short aliases may stand for more than any memory holds. */
function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch {
    throw wrong(file, "aliases (*) that cannot be resolved, or stand for too much", "values written out");
  }
}

/**
 * @returns undefined if the stack has no file
 * @throws TenantFilesError for one that cannot be read
 */
function textOf(stack: string, folder: string): string | undefined {
  const file = settingsFile(stack);
  const path = join(folder, file);
  try {
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  } catch (error) {
    throw wrong(file, `a file that cannot be read: ${ioReason(error)}`, "a readable file");
  }
}

/** The program takes it as relative to the repository, too. */
const relativeFolder = (folder: string): string => relative(repository, resolve(repository, folder));

function textAt(value: unknown, key: string): string | undefined {
  const text = field(value, key);
  return typeof text === "string" && text !== "" ? text : undefined;
}

const field = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;

const wrong = (file: string, found: string, expected: string) =>
  new TenantFilesError([{ file, ...wholeFile(found, expected) }]);
