import { access, copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheRoot, platformName } from "../../lib/system/cache.ts";
import { withLock } from "../../lib/system/lock.ts";
import { repository } from "../../lib/system/paths.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { buildImage } from "./buildah.ts";

/**
 * An image of one static program, from the cache or built.
 *
 * @param program file of the program
 * @param version changes with its content
 * @returns the OCI archive
 */
export async function ensureProgramImage(
  reference: string,
  program: string,
  version: string,
  progress: Progress,
): Promise<string> {
  const name = reference.replace(/[^a-z0-9.]+/g, "-");
  const archive = join(cacheRoot(), "images", platformName, `${name}-${version}.tar`);
  await mkdir(dirname(archive), { recursive: true });
  await withLock(`${archive}.lock`, async () => {
    const isBuilt = await access(archive).then(
      () => true,
      () => false,
    );
    if (isBuilt) {
      return;
    }
    const context = await mkdtemp(`${archive}.context-`);
    try {
      await copyFile(program, join(context, "program"));
      const containerfile = join(repository, "embedded/images/program/Containerfile");
      await buildImage({ reference, containerfile, context }, archive, progress);
    } finally {
      await rm(context, { recursive: true, force: true });
    }
  });
  return archive;
}
