import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { run } from "../../lib/system/run.ts";
import { unzipped } from "../../lib/system/zip.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import { fetchText, sha256 } from "../binaries/download.ts";
import { fetchFile } from "../binaries/fetchFile.ts";
import { type ProviderName, pluginVersion, versions } from "../versions.ts";
import { pulumiReleases } from "./mirror.ts";
import {
  cliArchive,
  type Platform,
  pluginArchive,
  pluginFolder,
  terraformArchive,
  terraformProgram,
  terraformSource,
} from "./platform.ts";

/** An archive that is published, or lies on a mirror. */
export interface Source {
  readonly url: string;
  /** Its SHA-256, where somebody says it. */
  readonly sha256?: string;
}

/** The URLs of the CLI: the mirror's alone if there is one. */
export function cliSources(platform: Platform, mirror: string | undefined): Source[] {
  const path = cliArchive(platform);
  const release = `https://github.com/pulumi/pulumi/releases/download/v${versions.pulumi}`;
  return mirror === undefined
    ? [{ url: `${pulumiReleases}/${path}` }, { url: `${release}/${basename(path)}` }]
    : [{ url: `${mirror}/${path}` }];
}

/** The same of a plugin. */
export function pluginSources(name: ProviderName, platform: Platform, mirror: string | undefined): Source[] {
  const path = pluginArchive(name, platform);
  const release = `https://github.com/pulumi/pulumi-${name}/releases/download/v${pluginVersion(name)}`;
  return mirror === undefined
    ? [{ url: `${pulumiReleases}/${path}` }, { url: `${release}/${basename(path)}` }]
    : [{ url: `${mirror}/${path}` }];
}

/** The same of the Terraform provider, whose registry says where it is published. @throws Error if it does not answer */
export async function terraformSources(platform: Platform, mirror: string | undefined): Promise<Source[]> {
  if (mirror !== undefined) {
    return [{ url: `${mirror}/${terraformArchive(platform)}` }];
  }
  const [host, ...provider] = terraformSource.split("/");
  const { os, arch } = platform;
  const address = `https://${host}/v1/providers/${provider.join("/")}/${versions.terraformProvider}/download/${os}/${arch}`;
  const text = await fetchText(address).catch((error: unknown) => {
    throw new Error(failureText(address, error));
  });
  const { download_url: url, shasum }: { download_url: string; shasum: string } = JSON.parse(text);
  return [{ url, sha256: shasum }];
}

/** Fetches a file from the first source that gives it. @throws Error that names each that does not, and why */
export async function fetchFrom(
  sources: readonly Source[],
  target: string,
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  const failures = [];
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.partial`;
  for (const source of sources) {
    try {
      await fetchFile(source.url, partial, onBytes);
      const found = await sha256(partial);
      if (source.sha256 !== undefined && source.sha256 !== found) {
        throw new Error(`${source.url} has the SHA-256 ${found}, and it must be ${source.sha256}`);
      }
      await rename(partial, target);
      return;
    } catch (error) {
      await rm(partial, { force: true });
      throwIfInterrupted();
      failures.push(failureText(source.url, error));
    }
  }
  throw new Error(failures.join("; "));
}

/** The fetch of Node says only that it failed, and why in its cause. */
function failureText(url: string, error: unknown): string {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const why = cause instanceof Error ? `${message}, ${cause.message}` : message;
  return why.includes(url) ? why : `${url}: ${why}`;
}

/** Unpacks the archive of the CLI, language hosts included, as the folder `bin`. */
export async function unpackCli(archive: string, bin: string): Promise<void> {
  await unpackInto(bin, async (folder) => {
    await untar(archive, folder);
    // Releases differ in the folder, and so do platforms.
    for (const place of ["pulumi", "pulumi/bin", "bin"]) {
      if ((await stat(join(folder, place, "pulumi")).catch(() => undefined))?.isFile()) {
        return join(folder, place);
      }
    }
    throw new Error(`${archive} has no pulumi`);
  });
}

/** Unpacks the archive of a plugin into a Pulumi home. */
export async function unpackPlugin(archive: string, home: string, name: ProviderName): Promise<void> {
  await unpackInto(join(home, "plugins", pluginFolder(name)), async (folder) => {
    await untar(archive, folder);
    return folder;
  });
}

/** Unpacks the archive of the Terraform provider into a cache of the bridge. */
export async function unpackTerraformProvider(
  archive: string,
  cache: string,
  platform: Platform,
): Promise<void> {
  const program = join(cache, terraformProgram(platform));
  await unpackInto(dirname(program), async (folder) => {
    const file = join(folder, basename(program));
    await writeFile(file, unzipped(await readFile(archive), basename(program)));
    await chmod(file, 0o755);
    return folder;
  });
}

/** Makes a folder in one step of what `unpack` leaves in another; who was quicker has made the same. */
async function unpackInto(target: string, unpack: (folder: string) => Promise<string>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  // A folder beside the target can be moved to it; a dot keeps Pulumi from taking it for a plugin.
  const folder = await mkdtemp(join(dirname(target), ".unpack-"));
  try {
    const made = await unpack(folder);
    await chmod(made, 0o755);
    // Another run may be at the same, or run what is there: moved away it is gone for a moment only.
    await rename(target, `${folder}.old`).catch(() => {});
    await rename(made, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") {
        throw error;
      }
    });
  } finally {
    await rm(`${folder}.old`, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

async function untar(archive: string, folder: string): Promise<void> {
  // -o: root would give files to whomever the archive names.
  const { code, stderr } = await run("tar", ["-xzof", archive, "-C", folder]);
  if (code !== 0) {
    throw new Error(`tar of ${archive}: ${stderr.trim()}`);
  }
}

/** Runs `work` with a folder that is gone afterwards. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "openclaw-pulumi-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
