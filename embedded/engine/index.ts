import { dirname, join } from "node:path";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { type Binaries, pulumiCli, standIns } from "../binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../binaries/index.ts";
import { type ProviderName, pluginNames } from "../versions.ts";
import { downloadCli, downloadPlugin, downloadTerraformProvider } from "./download.ts";
import { findCli, findPlugin, findPluginVersions, findTerraformCache, pulumiHomes } from "./find.ts";
import { pulumiHomeOf } from "./home.ts";
import { mirrorOf, mirrorVariable, overridesVariable, pulumiReleases } from "./mirror.ts";
import { describeEngine, type EngineParts, missingParts, needsTerraform, type Part } from "./parts.ts";
import { pluginFolder } from "./platform.ts";

export type EngineKind = "official" | "stand-in";

export const engineKinds: readonly EngineKind[] = ["official", "stand-in"];

/** Stands for --engine where it is not for each command line to say: in tests and in CI. */
export const engineVariable = "OPENCLAW_ENGINE";

/** A Pulumi CLI with the language host and provider plugins that it needs. */
export interface Engine {
  readonly cli: string;
  /** Folders to put first on PATH: the CLI and its language host. */
  readonly path: readonly string[];
  /** A Pulumi home in the cache that holds exactly the plugins of this engine; never the user's own. */
  readonly pulumiHome: string;
  /** `official` if every part is. */
  readonly kind: EngineKind;
  /** The kind of the kubernetes plugin alone: an engine may have parts of both. */
  readonly kubernetes?: EngineKind;
  /** One line that says what each part is. */
  readonly description: string;
  /** The folder in which the bridge finds the Terraform provider, if the stack needs it. */
  readonly terraformCache?: string;
}

/** The parts of an engine, once `needs` are in the cache. */
export interface EnginePlan {
  readonly needs: readonly Binaries[];
  assemble(): Promise<Engine>;
}

export interface EngineOptions {
  /** Forces one kind; else the official parts that can be had, and stand-ins for the others. */
  readonly choice?: EngineKind | undefined;
  /** The reason that it must be the official one, where nobody chose it on the command line. */
  readonly reason?: string | undefined;
  /** Whether `--engine stand-in` would do. */
  readonly allowsStandIns?: boolean | undefined;
  /** Those that the stack needs; those that every stack needs unless given. */
  readonly plugins?: readonly ProviderName[] | undefined;
  readonly progress: Progress;
}

/**
 * Finds or downloads what is official, and says what must be built for the rest.
 *
 * @throws UserError if it must be the official engine and a part cannot be had
 */
export async function planEngine(options: EngineOptions): Promise<EnginePlan> {
  const { choice, plugins = pluginNames, progress } = options;
  const parts = choice === "stand-in" ? { plugins: {} } : await officialParts(plugins, progress);
  const missing = missingParts(parts, plugins);
  if (choice === "official" && missing.length > 0) {
    throw new UserError(missingText(missing, options));
  }
  const needs = [
    ...(parts.cli === undefined ? [pulumiCli] : []),
    ...(missing.some(({ name }) => name !== "pulumi") ? [standIns()] : []),
  ];
  return { needs, assemble: () => assemble(parts, plugins) };
}

/** Plans, builds and assembles in one go. */
export async function ensureEngine(options: EngineOptions): Promise<Engine> {
  const plan = await planEngine(options);
  await ensureBinaries(plan.needs, options.progress);
  return plan.assemble();
}

/** The CLI alone, for what runs neither a program nor a plugin: the outputs of a stack, for one. */
export async function ensureCli(progress: Progress): Promise<Engine> {
  const cli = (await findCli()) ?? (await downloadCli(progress));
  if (cli === undefined) {
    await ensureBinaries([pulumiCli], progress);
  }
  const parts: EngineParts = { ...(cli === undefined ? {} : { cli }), plugins: {} };
  const path = cli?.path ?? binaryPath(pulumiCli, "pulumi");
  const pulumiHome = await pulumiHomeOf("cli", { "bin/pulumi": path });
  return {
    cli: path,
    path: [dirname(path)],
    pulumiHome,
    kind: "official",
    description: describeEngine(parts, []),
  };
}

async function officialParts(plugins: readonly ProviderName[], progress: Progress): Promise<EngineParts> {
  const there = await findCli();
  // The language host comes with the CLI alone.
  const cli = there?.languageHost === undefined ? ((await downloadCli(progress)) ?? there) : there;
  const found: Partial<Record<ProviderName, string>> = {};
  for (const name of plugins) {
    const path = (await findPlugin(name)) ?? (cli && (await downloadPlugin(cli.path, name, progress)));
    if (path !== undefined) {
      found[name] = path;
    }
  }
  const terraformCache = needsTerraform(plugins)
    ? ((await findTerraformCache()) ?? (await downloadTerraformProvider(progress)))
    : undefined;
  return {
    ...(cli === undefined ? {} : { cli }),
    plugins: found,
    ...(terraformCache === undefined ? {} : { terraformCache }),
  };
}

function missingText(missing: readonly Part[], { reason, allowsStandIns = true }: EngineOptions): string {
  const names = missing.map(({ name, version }) => `${name} ${version}`);
  const mirror = mirrorOf(process.env);
  const told = process.env[overridesVariable] ? ` and where ${overridesVariable} says` : "";
  const asked = mirror ?? new URL(pulumiReleases).host;
  return [
    `${reason ?? "The official engine was asked for"}, but this cannot be had: ${names.join(", ")}.`,
    `Looked for on PATH, in ${pulumiHomes().join(", in ")}, at ${asked}${told}. Nothing was changed. Ways out:`,
    `  - name a mirror: ${mirrorVariable}=https://…`,
    "  - `npm run plugins -- --out DIR` on a machine with a network, and PULUMI_HOME=DIR here",
    ...(allowsStandIns
      ? [
          reason === undefined
            ? "  - leave out --engine official, or type --engine stand-in"
            : `  - type --engine stand-in (${engineVariable} does not count here), if you know what it means for this stack`,
        ]
      : []),
    "docs/engine.md has each of them.",
  ].join("\n");
}

/** An older version writes no state any more, but a state may still name it: `refresh` then asks for that very one. */
async function otherVersions(plugins: readonly ProviderName[]): Promise<Record<string, string>> {
  const programs: Record<string, string> = {};
  for (const name of plugins) {
    for (const [version, path] of await findPluginVersions(name)) {
      programs[pluginProgram(name, version)] = path;
    }
  }
  return programs;
}

const pluginProgram = (name: ProviderName, version?: string): string =>
  `plugins/${pluginFolder(name, version)}/pulumi-resource-${name}`;

async function assemble(parts: EngineParts, plugins: readonly ProviderName[]): Promise<Engine> {
  const standIn = (program: string) => binaryPath(standIns(), program);
  const official = plugins.filter((name) => parts.plugins[name] !== undefined);
  const programs: Record<string, string> = {
    "bin/pulumi": parts.cli?.path ?? binaryPath(pulumiCli, "pulumi"),
    "bin/pulumi-language-nodejs": parts.cli?.languageHost ?? standIn("pulumi-language-nodejs"),
    ...(await otherVersions(official)),
  };
  for (const name of plugins) {
    programs[pluginProgram(name)] = parts.plugins[name] ?? standIn(`pulumi-resource-${name}`);
  }
  const kind: EngineKind = missingParts(parts, plugins).length === 0 ? "official" : "stand-in";
  const pulumiHome = await pulumiHomeOf(kind, programs);
  // The official CLI runs from where it lies: its language host finds its helper scripts beside itself.
  const bin = parts.cli?.languageHost === undefined ? join(pulumiHome, "bin") : dirname(parts.cli.path);
  return {
    cli: join(bin, "pulumi"),
    path: [bin],
    pulumiHome,
    kind,
    kubernetes: parts.plugins.kubernetes === undefined ? "stand-in" : "official",
    description: describeEngine(parts, plugins),
    ...(parts.terraformCache === undefined ? {} : { terraformCache: parts.terraformCache }),
  };
}
