import { join } from "node:path";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { isReachable, isThere } from "../binaries/reachable.ts";
import { type ProviderName, pluginVersion, versions } from "../versions.ts";
import {
  cliSources,
  fetchFrom,
  pluginSources,
  type Source,
  terraformSources,
  unpackCli,
  unpackTerraformProvider,
  withTemporaryFolder,
} from "./archives.ts";
import {
  type FoundCli,
  findCli,
  findPlugin,
  findTerraformCache,
  officialHome,
  terraformCacheFolder,
} from "./find.ts";
import { mirrorOf, overridesVariable, pluginOverrides, pulumiReleases } from "./mirror.ts";
import { platformOf, terraformSource } from "./platform.ts";

/** Milliseconds a download may take: some 150 MB. */
const downloadLimit = 10 * 60_000;

/** The CLI: from the mirror, or through the npm package `pulumi`, which installs the release of its own version. */
export async function downloadCli(progress: Progress): Promise<FoundCli | undefined> {
  const mirror = mirrorOf(process.env);
  const label = `downloading pulumi ${versions.pulumi}`;
  const sources = mirror === undefined ? [] : cliSources(platformOf(), mirror);
  if (!(await canBeHad(sources, `${pulumiReleases}/install.sh`))) {
    return undefined;
  }
  const done = await attempt(progress, label, () =>
    mirror === undefined
      ? succeed(process.execPath, [join(repository, "node_modules", "pulumi", "run.js"), "version"])
      : withTemporaryFolder(async (folder) => {
          const archive = join(folder, "pulumi.tar.gz");
          await fetchFrom(sources, archive);
          await unpackCli(archive, join(officialHome(), "versions", versions.pulumi, "bin"));
        }),
  );
  return done ? findCli() : undefined;
}

/** A plugin, by the CLI: it knows GitHub, get.pulumi.com, proxies and Pulumi's own variables for others. */
export async function downloadPlugin(
  cli: string,
  name: ProviderName,
  progress: Progress,
): Promise<string | undefined> {
  const version = pluginVersion(name);
  const mirror = mirrorOf(process.env);
  // Who has told Pulumi where to go is believed: an override may lead anywhere.
  const isTold = process.env[overridesVariable] !== undefined;
  const sources = mirror === undefined ? [] : pluginSources(name, platformOf(), mirror);
  if (!isTold && !(await canBeHad(sources, `${pulumiReleases}/install.sh`))) {
    return undefined;
  }
  const done = await attempt(progress, `downloading the ${name} plugin ${version}`, () =>
    succeed(cli, ["plugin", "install", "resource", name, version]),
  );
  return done ? findPlugin(name) : undefined;
}

/** The Terraform provider that the bridge runs, before the bridge fetches it unseen; resolves to its cache. */
export async function downloadTerraformProvider(progress: Progress): Promise<string | undefined> {
  const platform = platformOf();
  const mirror = mirrorOf(process.env);
  const [host] = terraformSource.split("/");
  const sources = mirror === undefined ? [] : await terraformSources(platform, mirror);
  if (!(await canBeHad(sources, `https://${host}/.well-known/terraform.json`))) {
    return undefined;
  }
  const label = `downloading the Terraform provider ${terraformSource} ${versions.terraformProvider}`;
  const done = await attempt(progress, label, () =>
    withTemporaryFolder(async (folder) => {
      const archive = join(folder, "provider.zip");
      await fetchFrom(mirror === undefined ? await terraformSources(platform, mirror) : sources, archive);
      await unpackTerraformProvider(archive, join(officialHome(), terraformCacheFolder), platform);
    }),
  );
  return done ? findTerraformCache() : undefined;
}

/** Whether the mirror has it, or without one whether who publishes it answers at all. */
const canBeHad = ([source]: readonly Source[], published: string): Promise<boolean> =>
  source === undefined ? isReachable(published) : isThere(source.url);

async function attempt(progress: Progress, label: string, work: () => Promise<unknown>): Promise<boolean> {
  const step = progress.step(label);
  try {
    await work();
    step.done();
    return true;
  } catch (error) {
    throwIfInterrupted();
    step.fail(`${label} failed: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const overrides = pluginOverrides(process.env);
  const { code, stderr } = await run(command, args, {
    env: {
      ...process.env,
      PULUMI_HOME: officialHome(),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...(overrides === undefined ? {} : { [overridesVariable]: overrides }),
    },
    timeout: downloadLimit,
  });
  if (code !== 0) {
    throw new Error(stderr.trim().split("\n").at(-1) || `exit code ${code}`);
  }
}
