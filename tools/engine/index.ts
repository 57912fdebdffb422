import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Binaries, pulumiCli, standIns } from "../binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../binaries/index.ts";
import { cacheRoot, platformName } from "../system/cache.ts";
import { UserError } from "../terminal/errors.ts";
import type { Progress } from "../terminal/progress.ts";
import { type PluginName, pluginNames, versions } from "../versions.ts";
import { downloadCli, downloadPlugin } from "./download.ts";
import { type FoundCli, findCli, findPlugin, pluginFolder } from "./find.ts";

export type EngineKind = "official" | "stand-in";

export const engineKinds: readonly EngineKind[] = ["official", "stand-in"];

/** A Pulumi CLI with the language host and provider plugins that it needs. */
export interface Engine {
  readonly cli: string;
  /** Folders to put first on PATH: the CLI and its language host. */
  readonly path: readonly string[];
  /** A Pulumi home in the cache that holds exactly the plugins of this engine; never the user's own. */
  readonly pulumiHome: string;
  /** `official` if every part is. */
  readonly kind: EngineKind;
  /** One line that says what each part is. */
  readonly description: string;
}

/** What an engine is made of, once `needs` are in the cache. */
export interface EnginePlan {
  readonly needs: readonly Binaries[];
  assemble(): Promise<Engine>;
}

export interface EngineOptions {
  /** Forces one kind; else the official parts that can be had, and stand-ins for the others. */
  readonly choice?: EngineKind | undefined;
  /** Why it must be the official one, where nobody chose it on the command line. */
  readonly reason?: string | undefined;
  readonly progress: Progress;
}

/** Official parts, each where it was found; what is missing here is built or stood in for. */
export interface EngineParts {
  readonly cli?: FoundCli;
  readonly plugins: Readonly<Partial<Record<PluginName, string>>>;
}

/**
 * Finds or downloads what is official, and says what must be built for the rest.
 *
 * @throws UserError if the official engine was asked for and a part cannot be had
 */
export async function planEngine({ choice, reason, progress }: EngineOptions): Promise<EnginePlan> {
  const parts = choice === "stand-in" ? { plugins: {} } : await officialParts(progress);
  const missing = standInNames(parts);
  if (choice === "official" && missing.length > 0) {
    throw new UserError(
      `${reason ?? "The official engine was asked for"}, but ${missing.join(", ")} cannot be had: neither on PATH, ` +
        "nor in ~/.pulumi, nor from get.pulumi.com.\n" +
        `Install Pulumi and its plugins there${reason === undefined ? ", or leave out --engine official" : ""}.`,
    );
  }
  const needs = [
    ...(parts.cli === undefined ? [pulumiCli] : []),
    ...(missing.some((name) => name !== "pulumi") ? [standIns()] : []),
  ];
  return { needs, assemble: () => assemble(parts) };
}

/** Plans, builds and assembles in one go. */
export async function ensureEngine(options: EngineOptions): Promise<Engine> {
  const plan = await planEngine(options);
  await ensureBinaries(plan.needs, options.progress);
  return plan.assemble();
}

async function officialParts(progress: Progress): Promise<EngineParts> {
  const cli = (await findCli()) ?? (await downloadCli(progress));
  const plugins: Partial<Record<PluginName, string>> = {};
  for (const name of pluginNames) {
    const found = (await findPlugin(name)) ?? (cli && (await downloadPlugin(cli.path, name, progress)));
    if (found !== undefined) {
      plugins[name] = found;
    }
  }
  return { ...(cli === undefined ? {} : { cli }), plugins };
}

/** The parts that are not official, as the one line names them. */
function standInNames({ cli, plugins }: EngineParts): string[] {
  return [
    ...(cli === undefined ? ["pulumi"] : []),
    ...(cli?.languageHost === undefined ? ["language host"] : []),
    ...pluginNames.filter((name) => plugins[name] === undefined).map((name) => `${name} plugin`),
  ];
}

/** `engine: pulumi 3.259.0 built from Go modules; stand-in language host, kubernetes plugin, random plugin (…)`. */
export function describeEngine(parts: EngineParts): string {
  const cli =
    parts.cli === undefined
      ? `pulumi ${versions.pulumi} built from Go modules`
      : `${parts.cli.languageHost ? "official " : ""}pulumi ${parts.cli.version} (${parts.cli.path})`;
  const official = pluginNames.filter((name) => parts.plugins[name] !== undefined);
  const replaced = standInNames(parts).filter((name) => name !== "pulumi");
  return [
    `engine: ${cli}`,
    ...(official.length > 0
      ? [`official ${official.map((name) => `${name} ${versions.plugins[name]}`).join(", ")}`]
      : []),
    ...(replaced.length > 0 ? [`stand-in ${replaced.join(", ")}`] : []),
  ].join("; ");
}

/**
 * Left alone the CLI writes an encrypted debug log of every run to this folder of its home: half of the processor time
 * that it spends. It has no setting for it, and does without where it cannot make the folder, as beside this file.
 */
const noLogs = "logs";

/** A Pulumi home made of links, named by what they point to; so runs with other parts do not disturb it. */
async function assemble(parts: EngineParts): Promise<Engine> {
  const standIn = (program: string) => binaryPath(standIns(), program);
  const programs: Record<string, string> = {
    "bin/pulumi": parts.cli?.path ?? binaryPath(pulumiCli, "pulumi"),
    "bin/pulumi-language-nodejs": parts.cli?.languageHost ?? standIn("pulumi-language-nodejs"),
  };
  for (const name of pluginNames) {
    const program = `pulumi-resource-${name}`;
    programs[`plugins/${pluginFolder(name)}/${program}`] = parts.plugins[name] ?? standIn(program);
  }
  const kind: EngineKind = standInNames(parts).length === 0 ? "official" : "stand-in";
  const key = createHash("sha256")
    .update(JSON.stringify([noLogs, programs]))
    .digest("hex")
    .slice(0, 12);
  const pulumiHome = join(cacheRoot(), "engines", platformName, `${kind}-${key}`);
  await makeHome(pulumiHome, programs);
  // The official CLI runs from where it lies: its language host finds its helper scripts beside itself.
  const bin = parts.cli?.languageHost === undefined ? join(pulumiHome, "bin") : dirname(parts.cli.path);
  return { cli: join(bin, "pulumi"), path: [bin], pulumiHome, kind, description: describeEngine(parts) };
}

async function makeHome(folder: string, programs: Readonly<Record<string, string>>): Promise<void> {
  if (existsSync(folder)) {
    return;
  }
  const partial = `${folder}.partial-${process.pid}`;
  try {
    for (const [name, source] of Object.entries(programs)) {
      await mkdir(dirname(join(partial, name)), { recursive: true });
      await linkOrCopy(source, join(partial, name));
    }
    await writeFile(join(partial, noLogs), "");
    await rename(partial, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another run has made it: the name says that it is the same.
    if (code !== "ENOTEMPTY" && code !== "EEXIST") {
      throw error;
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** No symbolic link: the CLI warns of a language host that is not beside where its own links end. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target));
}
