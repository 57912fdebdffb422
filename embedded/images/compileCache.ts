import { chmod, chown, copyFile, mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { user } from "./base.ts";

/** The folder in the image's app/, which the Containerfile names to Node. */
const folderName = "compile-cache";

/** OpenClaw's own modules that no gateway here loads: web pages, other plugins, workers elsewhere. */
const left = ["control-ui", "extensions", "plugin-sdk", "worker"];

/**
 * The same modules must give the same bytes, or the image could not be reproduced. V8 writes hashes of strings, which a
 * seed decides, and the age of functions in garbage collections, of which there are none of the old generation here. Bytes
 * of padding are as addresses were, which are not random here. None of this changes what the cache is good for: the tag that V8 compares stays.
 */
const sameBytes = [
  ...["--random-seed=1", "--predictable", "--single-threaded-gc"],
  ...["--max-old-space-size=4096", "--min-semi-space-size=256", "--max-semi-space-size=256"],
];

/**
 * Compiles OpenClaw's modules for Node, so that its gateway and the workers of its start need not:
 * https://nodejs.org/api/module.html#module-compile-cache. The cache is root's, and nobody else can write to it.
 *
 * @param context the image's, complete but for this
 * @throws UserError if a module cannot be compiled, or without root
 */
export async function fillCompileCache(context: string, progress: Progress): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new UserError("Compiling OpenClaw's modules where they will be in the image needs root.");
  }
  const step = progress.step("image: compiling OpenClaw's modules");
  const root = join(context, "compiling");
  const cache = join(root, "cache");
  try {
    for (const folder of ["app", "usr", "tmp", "cache"]) {
      await mkdir(join(root, folder), { recursive: true });
    }
    await symlink("usr/lib", join(root, "lib"));
    await symlink("usr/lib64", join(root, "lib64"));
    await chmod(join(root, "tmp"), 0o777);
    // Node keeps a cache a user.
    await chown(cache, user.id, user.id);
    await copyFile(join(import.meta.dirname, "openclaw/fillCompileCache.mjs"), join(root, "fill.mjs"));
    await compile(context, root, await modules(join(context, "app")));
    await rename(cache, join(context, "app", folderName));
    await publish(join(context, "app", folderName));
    step.done("image: OpenClaw's modules compiled");
  } catch (error) {
    step.fail();
    throw error;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Paths in the image, always in the same order. */
async function modules(app: string): Promise<string[]> {
  const dist = "node_modules/openclaw/dist";
  const names = await readdir(join(app, dist), { recursive: true });
  return compiledModules(names).map((name) => `/app/${dist}/${name}`);
}

/** @param names of files below OpenClaw's dist/ */
export const compiledModules = (names: readonly string[]): string[] =>
  names.filter((name) => /\.m?js$/.test(name) && !left.includes(name.split("/")[0] ?? "")).toSorted();

/** The cache knows modules by their paths, so they are compiled where they will be. */
async function compile(context: string, root: string, paths: readonly string[]): Promise<void> {
  const script = `mount --bind "$0/app" "$1/app"
mount --bind "$0/debian/usr" "$1/usr"
root=$1
shift
exec setarch --addr-no-randomize chroot --userspec=${user.id}:${user.id} "$root" /app/bin/node "$@"`;
  const { code, stderr } = await run(
    "unshare",
    ["--mount", "sh", "-ec", script, context, root, ...sameBytes, "/fill.mjs", ...paths],
    { env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: "/cache" } },
  );
  if (code !== 0) {
    throw new UserError(`OpenClaw's modules cannot be compiled for the image: ${stderr.trim()}`);
  }
}

async function publish(folder: string): Promise<void> {
  await chown(folder, 0, 0);
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    await chown(path, 0, 0);
    await chmod(path, entry.isDirectory() ? 0o755 : 0o644);
  }
}
