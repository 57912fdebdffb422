import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheRoot, platformName } from "../../lib/system/cache.ts";
import { withLock } from "../../lib/system/lock.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { buildImage } from "./buildah.ts";

/** The recipe of an image, from package registries alone. */
export interface ImageRecipe {
  /** `openclaw`; the reference is `localhost/<name>:<version>-<key>`. */
  readonly name: string;
  readonly version: string;
  /** Changes with what the image is made of: {@link contentKey}. */
  readonly key: string;
  readonly containerfile: string;
  readonly args: Readonly<Record<string, string>>;
  /** Fills the new folder that the Containerfile copies from. @returns what of Debian is in it */
  readonly fill: (context: string) => Promise<readonly string[]>;
}

export interface BuiltImage {
  readonly reference: string;
  /** OCI archive in the cache. */
  readonly archive: string;
  /** The digest of the manifest: `sha256:…`. */
  readonly digest: string;
  /** The size of the archive, whose layers are compressed. */
  readonly bytes: number;
  /** The time that the build took. */
  readonly seconds: number;
  /** Its Debian packages, as `libc6 2.36-9+deb12u14`. */
  readonly packages: readonly string[];
}

/**
 * An image from the cache, or built anew.
 *
 * No registry is called localhost, so no node looks for it elsewhere; other content has another tag, so pods are rolled
 * when it changes.
 *
 * @throws UserError if a registry does not answer, or without root
 */
export async function ensureImage(recipe: ImageRecipe, progress: Progress): Promise<BuiltImage> {
  const { name, version, key } = recipe;
  const folder = join(cacheRoot(), "images", platformName, `${name}-${version}-${key}`);
  const description = join(folder, "image.json");
  return withLock(`${folder}.lock`, async () => {
    const isBuilt = await access(description).then(
      () => true,
      () => false,
    );
    if (!isBuilt) {
      await build(folder, recipe, progress);
    }
    return JSON.parse(await readFile(description, "utf8"));
  });
}

/** A hash of the files and arguments that determine an image; the processor's architecture is another input. */
export async function contentKey(files: readonly string[], words: readonly string[] = []): Promise<string> {
  const hash = createHash("sha256").update(process.arch);
  for (const file of files) {
    hash.update(await readFile(file));
  }
  for (const word of words) {
    hash.update(word);
  }
  return hash.digest("hex").slice(0, 12);
}

async function build(folder: string, recipe: ImageRecipe, progress: Progress): Promise<void> {
  const { name, version, key, containerfile, args } = recipe;
  if (process.getuid?.() !== 0) {
    throw new UserError(`Building the ${name} image needs root: its files belong to several users.`);
  }
  const started = Date.now();
  const reference = `localhost/${name}:${version}-${key}`;
  await mkdir(folder, { recursive: true });
  const context = await mkdtemp(`${folder}.context-`);
  try {
    const packages = await recipe.fill(context);
    const step = progress.step(`image: building ${reference}`);
    const archive = join(folder, `${name}.tar`);
    const digest = await buildImage({ reference, containerfile, context, args }, archive, progress);
    const { size: bytes } = await stat(archive);
    const seconds = Math.round((Date.now() - started) / 1000);
    const image: BuiltImage = { reference, archive, digest, bytes, seconds, packages };
    await writeFile(join(folder, "image.json.partial"), JSON.stringify(image));
    await rename(join(folder, "image.json.partial"), join(folder, "image.json"));
    step.done(`image: ${reference} built, ${(bytes / 2 ** 20).toFixed(0)} MiB`);
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}
