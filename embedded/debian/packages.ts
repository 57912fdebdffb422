import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheRoot, platformName } from "../../lib/system/cache.ts";
import { withLock } from "../../lib/system/lock.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { mergeUsr } from "./mergeUsr.ts";
import { type DebianRelease, releaseSettings } from "./release.ts";

/**
 * Debian packages unpacked into the cache, and not installed: no service starts, no file of the system changes, no root
 * is needed. Their programs run from there by {@link packageEnvironment}.
 */
export type PackageSet = {
  /** Name in the cache and in messages. */
  readonly name: string;
  readonly packages: readonly string[];
  /** Dependencies to leave out: those that only the packages' own scripts need, none of which runs. */
  readonly omit?: readonly string[];
} & (
  | {
      /** Whether all dependencies are included, as on an empty system; else those that are not installed on this one. */
      readonly selfContained: boolean;
      readonly release?: undefined;
    }
  | {
      readonly selfContained: true;
      /** Packages of this release of Debian, whatever the machine is; of the machine's own distribution if left out. */
      readonly release: DebianRelease;
    }
);

export interface UnpackedPackages {
  /** The file system that the packages make together. */
  readonly root: string;
  /** `runc 1.1.5+ds1-1+deb12u1`, sorted. */
  readonly versions: readonly string[];
}

/**
 * @throws UserError if there is no apt, or if it cannot get the packages
 */
export async function ensurePackages(set: PackageSet, progress: Progress): Promise<UnpackedPackages> {
  const folder = join(cacheRoot(), "debian", platformName, `${set.name}-${await setKey(set)}`);
  await withLock(`${folder}.lock`, async () => {
    if (!(await exists(folder))) {
      await unpack(set, folder, progress);
    }
  });
  const versions = JSON.parse(await readFile(join(folder, "versions.json"), "utf8"));
  return { root: join(folder, "root"), versions };
}

/** PATH and the loader's path for programs of unpacked packages; those of the system stay behind them. */
export async function packageEnvironment({ root }: UnpackedPackages): Promise<NodeJS.ProcessEnv> {
  const libraries = join(root, "usr", "lib");
  const names = (await exists(libraries)) ? await readdir(libraries) : [];
  const triples = names.filter((name) => /-linux-gnu/.test(name)).map((name) => join(libraries, name));
  return {
    PATH: [join(root, "usr/sbin"), join(root, "usr/bin"), systemPath].join(":"),
    LD_LIBRARY_PATH: triples.join(":"),
    LC_ALL: "C.UTF-8",
  };
}

const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Another release of the distribution, other packages. */
async function setKey({ packages, selfContained, omit = [], release }: PackageSet): Promise<string> {
  const origin = release ?? (await readFile("/etc/os-release", "utf8").catch(() => ""));
  return createHash("sha256")
    .update(JSON.stringify([origin, packages.toSorted(), selfContained, omit.toSorted()]))
    .digest("hex")
    .slice(0, 12);
}

async function unpack(set: PackageSet, folder: string, progress: Progress): Promise<void> {
  const partial = `${folder}.partial`;
  const archives = join(partial, "archives");
  const step = progress.step(`packages: asking apt what ${set.name} needs`);
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(archives, { recursive: true });
    const options = await aptOptions(partial, set, progress);
    await succeed("apt-get", [...options, "-q", "update"]);
    const { stdout } = await succeed("apt-get", [
      ...options,
      ...["install", "--print-uris", "--yes", "--no-install-recommends"],
      ...(set.selfContained ? [] : ["--reinstall"]),
      ...set.packages,
    ]);
    const wanted = archiveNames(stdout)
      .map(packageOf)
      .filter(({ name }) => !set.omit?.includes(name));
    const versions = wanted.map(({ name, version }) => `${name} ${version}`);
    progress.say(
      `packages: for ${set.name}, unpacked into the cache (nothing is installed): ${versions.join(", ")}`,
    );
    const exact = wanted.map(({ name, version }) => `${name}=${version}`);
    await succeed("apt-get", [...options, "-q", "download", ...exact], archives);
    for (const file of (await readdir(archives)).toSorted()) {
      await extract(join(archives, file), join(partial, "root"));
    }
    await mergeUsr(join(partial, "root"));
    await writeFile(join(partial, "versions.json"), JSON.stringify(versions.toSorted()));
    await rm(archives, { recursive: true });
    await rm(join(partial, "apt"), { recursive: true });
    await rename(partial, folder);
    step.done(`packages: ${wanted.length} unpacked for ${set.name}`);
  } catch (error) {
    step.fail();
    throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The files, and the package's own description of itself where scanners of images without a dpkg look for it. */
async function extract(archive: string, root: string): Promise<void> {
  await succeed("dpkg-deb", ["--extract", archive, root]);
  const { stdout } = await succeed("dpkg-deb", ["--field", archive]);
  const descriptions = join(root, "var/lib/dpkg/status.d");
  await mkdir(descriptions, { recursive: true });
  await writeFile(join(descriptions, packageOf(basename(archive)).name), stdout);
}

/** Lists of its own: the system's may be missing or old, and they are not ours to renew. */
async function aptOptions(
  partial: string,
  { selfContained, release }: PackageSet,
  progress: Progress,
): Promise<string[]> {
  const apt = join(partial, "apt");
  await mkdir(join(apt, "lists", "partial"), { recursive: true });
  await mkdir(join(apt, "cache", "archives", "partial"), { recursive: true });
  const settings: Record<string, string> = {
    "Dir::State::lists": join(apt, "lists"),
    "Dir::Cache": join(apt, "cache"),
    "APT::Sandbox::User": "",
  };
  if (selfContained) {
    await writeFile(join(apt, "status"), "");
    settings["Dir::State::status"] = join(apt, "status");
    settings["Dir::State::extended_states"] = join(apt, "extended_states");
  }
  if (release !== undefined) {
    Object.assign(settings, await releaseSettings(release, await debianKeyring(progress), apt));
  }
  return Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** Debian's keys as the machine's own distribution packages them, so that its own keys vouch for them. */
async function debianKeyring(progress: Progress): Promise<string> {
  const { root } = await ensurePackages(
    { name: "debian-keyring", packages: ["debian-archive-keyring"], selfContained: false },
    progress,
  );
  return join(root, "usr/share/keyrings/debian-archive-keyring.gpg");
}

async function succeed(command: string, args: readonly string[], cwd?: string): Promise<RunResult> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  const result = await run(command, args, { env, ...(cwd === undefined ? {} : { cwd }) });
  if (result.code === 127) {
    throw new UserError(
      `There is no ${command}: the packages of a real node come from Debian's or Ubuntu's archive. ` +
        "Elsewhere use a cluster of kind or k3d with --context.",
    );
  }
  if (result.code !== 0) {
    throw new UserError(`${command} ${args.at(-1)} failed: ${result.stderr.trim() || result.stdout.trim()}`);
  }
  return result;
}

/** File names in what `apt-get install --print-uris` prints: `'http://…/runc_1.1.5_amd64.deb' runc_1.1.5_amd64.deb …`. */
export function archiveNames(output: string): string[] {
  return output.split("\n").flatMap((line) => {
    const match = /^'[^']+' (\S+\.deb) /.exec(line);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}

/** `runc_1%3a1.1.5_amd64.deb` is version 1:1.1.5 of runc. */
export function packageOf(file: string): { readonly name: string; readonly version: string } {
  const [name = file, version = ""] = file.split("_");
  return { name, version: decodeURIComponent(version) };
}
