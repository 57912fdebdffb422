import { access, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, platformName } from "../../lib/system/cache.ts";
import { withLock } from "../../lib/system/lock.ts";
import { Interrupted } from "../../lib/terminal/errors.ts";
import { throwIfInterrupted } from "../../lib/terminal/interrupt.ts";
import { type Progress, secondsText } from "../../lib/terminal/progress.ts";
import type { Binaries } from "./catalogue.ts";
import { canDownload, download } from "./download.ts";
import { type BuildCounts, goBuild } from "./goBuild.ts";

/** Folder in the cache; it exists only complete. */
export function binariesFolder({ name, version }: Binaries): string {
  return join(cacheRoot(), "binaries", platformName, `${name}-${version}`);
}

export function binaryPath(binaries: Binaries, program: string): string {
  return join(binariesFolder(binaries), program);
}

/** Whether it lies in the cache already. */
export async function isCached(binaries: Binaries): Promise<boolean> {
  return access(binariesFolder(binaries)).then(
    () => true,
    () => false,
  );
}

/**
 * Brings all of them into the cache, each once: several runs at the same time wait for each other. Official downloads
 * where they answer, else Go builds, one after the other because a build takes every core by itself.
 *
 * @throws UserError if a build is needed and cannot be made
 * @throws Interrupted after Ctrl-C; nothing half-made stays
 */
export async function ensureBinaries(wanted: readonly Binaries[], progress: Progress): Promise<void> {
  const cached = await Promise.all(wanted.map(isCached));
  const missing = wanted.filter((_, index) => !cached[index]);
  const downloadable = await Promise.all(missing.map(canDownload));
  const builds: Binaries[] = [];
  for (const [index, binaries] of missing.entries()) {
    if (!downloadable[index] || !(await make(binaries, progress, tryDownload))) {
      builds.push(binaries);
    }
  }
  if (builds.length > 0) {
    const total = builds.reduce((sum, { coldSeconds }) => sum + coldSeconds, 0);
    progress.say(
      `building ${builds.map(({ name }) => name).join(", ")} from Go modules, once: ` +
        `about ${secondsText(total * 1000)} on two cores if Go has compiled none of it before`,
    );
  }
  for (const [index, binaries] of builds.entries()) {
    await make(binaries, progress, (folder) =>
      build(binaries, folder, progress, `[${index + 1}/${builds.length}]`),
    );
  }
}

type Maker = (folder: string, binaries: Binaries, progress: Progress) => Promise<boolean>;

/** Under the lock, into a folder beside, which takes its place in one step. */
async function make(binaries: Binaries, progress: Progress, maker: Maker): Promise<boolean> {
  throwIfInterrupted();
  const folder = binariesFolder(binaries);
  const partial = `${folder}.partial`;
  return withLock(
    `${folder}.lock`,
    async () => {
      if (await isCached(binaries)) {
        return true;
      }
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      try {
        const made = await maker(partial, binaries, progress);
        if (made) {
          await rename(partial, folder);
        }
        return made;
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    },
    (owner) => progress.say(`${binaries.name}: waiting for process ${owner?.pid ?? "?"}, which is making it`),
  );
}

async function tryDownload(folder: string, binaries: Binaries, progress: Progress): Promise<boolean> {
  let bytes = 0;
  const step = progress.step(
    `downloading ${binaries.name} ${binaries.version}`,
    () => `${(bytes / 2 ** 20).toFixed(0)} MiB`,
  );
  try {
    for (const [program, source] of Object.entries(binaries.downloads ?? {})) {
      await download(source, join(folder, program), (count) => {
        bytes += count;
      });
    }
  } catch (error) {
    throwIfInterrupted();
    step.fail(`download failed: ${error instanceof Error ? error.message : error}`);
    return false;
  }
  step.done(`downloaded ${binaries.name} ${binaries.version}`);
  return true;
}

async function build(
  binaries: Binaries,
  folder: string,
  progress: Progress,
  place: string,
): Promise<boolean> {
  const counts: BuildCounts = { modules: 0, packages: 0 };
  const label = `${place} building ${binaries.name} ${binaries.version}`;
  const step = progress.step(label, () => buildDetail(binaries, counts));
  try {
    await goBuild(binaries, folder, counts);
  } catch (error) {
    step.fail(error instanceof Interrupted ? `${label}: interrupted` : undefined);
    throw error;
  }
  step.done(`${place} built ${binaries.name} ${binaries.version}`);
  return true;
}

/** `812 of at most 1,684 packages; usually 203 s`: Go skips what it has compiled before. */
function buildDetail({ packages, coldSeconds }: Binaries, counts: BuildCounts): string {
  const compiled =
    counts.packages === 0 && counts.modules > 0
      ? `${counts.modules} modules downloaded`
      : `${counts.packages.toLocaleString("en-US")} of at most ${packages.toLocaleString("en-US")} packages`;
  return `${compiled}, usually ${coldSeconds} s`;
}
