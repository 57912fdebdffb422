import { access, constants, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheRoot, platformName } from "../system/cache.ts";
import { run } from "../system/run.ts";
import { type PluginName, versions } from "../versions.ts";

export interface FoundCli {
  readonly path: string;
  /** Without the `v`. */
  readonly version: string;
  /** The official language host, which the official CLI has beside it; a CLI built from Go has none. */
  readonly languageHost?: string;
}

/** Where official downloads of our own go, laid out like ~/.pulumi. */
export function officialHome(): string {
  return join(cacheRoot(), "official", platformName);
}

/** The user's own Pulumi home. Only read here. */
export function userPulumiHome(): string {
  return process.env.PULUMI_HOME || join(homedir(), ".pulumi");
}

const homes = () => [userPulumiHome(), officialHome()];

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

/** The first fitting `pulumi` on PATH or in a Pulumi home. */
export async function findCli(): Promise<FoundCli | undefined> {
  const onPath = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "pulumi"));
  const inHomes = homes().flatMap((home) => [
    join(home, "bin", "pulumi"),
    join(home, "versions", versions.pulumi, "bin", "pulumi"),
  ]);
  for (const candidate of [...new Set([...onPath, ...inHomes])]) {
    const cli = await inspectCli(candidate);
    if (cli !== undefined) {
      return cli;
    }
  }
  return undefined;
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
export async function findPlugin(name: PluginName): Promise<string | undefined> {
  for (const home of homes()) {
    const found = await executable(join(home, "plugins", pluginFolder(name), `pulumi-resource-${name}`));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** As the engine looks for it. */
export function pluginFolder(name: PluginName): string {
  return `resource-${name}-v${versions.plugins[name]}`;
}

/** The file itself behind links, if there is one to execute. */
async function executable(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return await realpath(path);
  } catch {
    return undefined;
  }
}
