import { access, constants, readdir, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheRoot, platformName } from "../../lib/system/cache.ts";
import { run } from "../../lib/system/run.ts";
import { type ProviderName, pluginVersion, versions } from "../versions.ts";
import { platformOf, pluginFolder, terraformProgram } from "./platform.ts";

export interface FoundCli {
  readonly path: string;
  /** The version without the `v`. */
  readonly version: string;
  /** The official language host, which the official CLI has beside it; a CLI built from Go has none. */
  readonly languageHost?: string;
}

/** The folder of the official parts that this program downloads, laid out like ~/.pulumi. */
export function officialHome(): string {
  return join(cacheRoot(), "official", platformName);
}

/** The user's own Pulumi home. Only read here. */
export function userPulumiHome(): string {
  return process.env.PULUMI_HOME || join(homedir(), ".pulumi");
}

/** The folders in which official parts are looked for besides PATH. */
export const pulumiHomes = (): readonly string[] => [userPulumiHome(), officialHome()];

/**
 * Whether a CLI of this version understands what the pinned SDK says: the same major, no older minor.
 * A version that is not one (`dev`) does not fit.
 */
export function fits(version: string, pinned: string = versions.pulumi): boolean {
  const [major, minor] = numbers(version);
  const [pinnedMajor, pinnedMinor] = numbers(pinned);
  return major === pinnedMajor && minor !== undefined && minor >= (pinnedMinor ?? 0);
}

function numbers(version: string): number[] {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version.trim());
  return match ? match.slice(1).map(Number) : [];
}

/** The first fitting `pulumi` on PATH or in a Pulumi home that has its language host; the first at all if none has. */
export async function findCli(): Promise<FoundCli | undefined> {
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "pulumi"));
  const inHomes = pulumiHomes().flatMap((home) => [
    join(home, "bin", "pulumi"),
    join(home, "versions", versions.pulumi, "bin", "pulumi"),
  ]);
  let withoutHost: FoundCli | undefined;
  for (const candidate of [...new Set([...onPath, ...inHomes])]) {
    const cli = await inspectCli(candidate);
    if (cli?.languageHost !== undefined) {
      return cli;
    }
    withoutHost ??= cli;
  }
  return withoutHost;
}

async function inspectCli(candidate: string): Promise<FoundCli | undefined> {
  const path = await executable(candidate);
  // The npm package `pulumi` is a script that downloads the CLI whatever it is asked.
  if (path === undefined || path.endsWith(".js")) {
    return undefined;
  }
  const { code, stdout } = await run(path, ["version"], {
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: 10_000,
  });
  const version = stdout.trim().replace(/^v/, "");
  if (code !== 0 || !fits(version)) {
    return undefined;
  }
  const languageHost = await executable(join(dirname(path), "pulumi-language-nodejs"));
  return { path, version, ...(languageHost === undefined ? {} : { languageHost }) };
}

/** An official provider plugin of the pinned version in the user's plugin cache or in ours. */
export async function findPlugin(name: ProviderName): Promise<string | undefined> {
  return (await findPluginVersions(name)).get(pluginVersion(name));
}

/** The same in each version that is there. The engine looks for the very version that wrote a state. */
export async function findPluginVersions(name: ProviderName): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const home of pulumiHomes()) {
    const plugins = join(home, "plugins");
    const names = await readdir(plugins).catch((): string[] => []);
    for (const folder of names) {
      const version = new RegExp(`^resource-${name}-v(\\d+\\.\\d+\\.\\d+.*)$`).exec(folder)?.[1];
      // Pulumi keeps a file of this name beside a folder that an interrupted installation has left.
      if (version === undefined || folder.endsWith(".partial") || names.includes(`${folder}.partial`)) {
        continue;
      }
      const program = await executable(join(plugins, pluginFolder(name, version), `pulumi-resource-${name}`));
      if (program !== undefined && !found.has(version)) {
        found.set(version, program);
      }
    }
  }
  return found;
}

/** The bridge's variable that says where Terraform providers are kept. */
export const terraformCacheVariable = "PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR";

/** The folder in which the bridge keeps providers by itself, below a Pulumi home. */
export const terraformCacheFolder = "dynamic_tf_plugins";

/** The cache that has the pinned Terraform provider: the one that the user names, or one in a Pulumi home. */
export async function findTerraformCache(): Promise<string | undefined> {
  const named = process.env[terraformCacheVariable];
  const caches = [
    ...(named ? [named] : []),
    ...pulumiHomes().map((home) => join(home, terraformCacheFolder)),
  ];
  for (const cache of caches) {
    if ((await executable(join(cache, terraformProgram(platformOf())))) !== undefined) {
      return cache;
    }
  }
  return undefined;
}

/** The file itself behind links, if there is one to execute. */
async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    // A folder may be entered, which is the same bit.
    return (await stat(path)).isFile() ? await realpath(path) : undefined;
  } catch {
    return undefined;
  }
}
