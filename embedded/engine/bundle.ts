import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../lib/terminal/errors.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { sha256 } from "../binaries/download.ts";
import { type ProviderName, pluginVersion, versions } from "../versions.ts";
import {
  cliSources,
  fetchFrom,
  pluginSources,
  type Source,
  terraformSources,
  unpackCli,
  unpackPlugin,
  unpackTerraformProvider,
} from "./archives.ts";
import { terraformCacheFolder } from "./find.ts";
import { needTerraform, pluginsOfAll, type StackOnCluster } from "./inventory.ts";
import { mirrorVariable } from "./mirror.ts";
import { cliArchive, type Platform, pluginArchive, terraformArchive } from "./platform.ts";

/** The file with the checksums of the archives, as `sha256sum --check` reads them. */
const checksums = "SHA256SUMS";

interface Archive {
  readonly label: string;
  /** Path in the folder: as on get.pulumi.com, so that the folder can be served as a mirror of it. */
  readonly path: string;
  sources(): Source[] | Promise<Source[]>;
  /** Unpacks it into the same folder, so that the folder is a Pulumi home too. */
  unpack(archive: string): Promise<void>;
}

export interface BundleOptions {
  /** Absolute path of the folder; what it has already is not fetched again. */
  readonly folder: string;
  readonly stacks: readonly StackOnCluster[];
  readonly platform: Platform;
  readonly mirror: string | undefined;
  readonly progress: Progress;
}

/**
 * Fetches the official CLI, language host and plugins that stacks need into a folder, which then is a Pulumi home and a
 * mirror of get.pulumi.com. Resolves to the paths of the archives in it.
 *
 * @throws UserError if one cannot be had; the others stay
 */
export async function bundle(options: BundleOptions): Promise<string[]> {
  const archives = archivesOf(options);
  for (const archive of archives) {
    await bring(archive, options);
  }
  const lines = [];
  for (const { path } of archives) {
    lines.push(`${await sha256(join(options.folder, path))}  ${path}\n`);
  }
  await writeFile(join(options.folder, checksums), lines.join(""));
  return archives.map(({ path }) => path);
}

function archivesOf({ folder, stacks, platform, mirror }: BundleOptions): Archive[] {
  const plugin = (name: ProviderName): Archive => ({
    label: `${name} plugin ${pluginVersion(name)}`,
    path: pluginArchive(name, platform),
    sources: () => pluginSources(name, platform, mirror),
    unpack: (archive) => unpackPlugin(archive, folder, name),
  });
  const cli: Archive = {
    label: `pulumi ${versions.pulumi}`,
    path: cliArchive(platform),
    sources: () => cliSources(platform, mirror),
    unpack: (archive) => unpackCli(archive, join(folder, "bin")),
  };
  const terraform: Archive = {
    label: `Terraform provider tencentcloud ${versions.terraformProvider}`,
    path: terraformArchive(platform),
    sources: () => terraformSources(platform, mirror),
    unpack: (archive) => unpackTerraformProvider(archive, join(folder, terraformCacheFolder), platform),
  };
  return [cli, ...pluginsOfAll(stacks).map(plugin), ...(needTerraform(stacks) ? [terraform] : [])];
}

async function bring(archive: Archive, { folder, platform, mirror, progress }: BundleOptions): Promise<void> {
  const { label, path } = archive;
  const target = join(folder, path);
  let bytes = 0;
  const step = progress.step(`${label} for ${platform.os}-${platform.arch}`, () =>
    bytes === 0 ? "" : `${(bytes / 2 ** 20).toFixed(0)} MiB`,
  );
  try {
    if (!existsSync(target)) {
      await fetchFrom(await archive.sources(), target, (count) => {
        bytes += count;
      });
    }
    await archive.unpack(target);
  } catch (error) {
    step.fail();
    throwIfInterrupted();
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${label} cannot be had: ${why}.\n` +
        (mirror === undefined
          ? `Where get.pulumi.com and GitHub do not answer, ${mirrorVariable} names a mirror.`
          : `${mirrorVariable} is ${mirror}; it must have ${path}.`),
    );
  }
  step.done();
}
