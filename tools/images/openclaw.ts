import { createHash } from "node:crypto";
import {
  access,
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { delimiter, join } from "node:path";
import { ensurePackages } from "../debian/packages.ts";
import { cacheRoot, platformName } from "../system/cache.ts";
import { withLock } from "../system/lock.ts";
import { repository } from "../system/paths.ts";
import { run } from "../system/run.ts";
import { UserError } from "../terminal/errors.ts";
import type { Progress } from "../terminal/progress.ts";
import { assembleBase } from "./base.ts";
import { buildImage } from "./buildah.ts";
import imagePackage from "./openclaw/package.json" with { type: "json" };

const sources = join(repository, "tools", "images", "openclaw");

/** Of OpenClaw in the image; pinned in package.json and package-lock.json beside the Containerfile. */
export const openclawVersion = imagePackage.dependencies.openclaw;

/** An OpenClaw with its npm packages. */
export interface OpenClawPackages {
  readonly version: string;
  /** Folder of their package.json and package-lock.json. */
  readonly folder: string;
}

const pinnedPackages: OpenClawPackages = { version: openclawVersion, folder: sources };

/**
 * Of the image as it is built here. No registry is called localhost, so no node looks for it elsewhere; other content
 * has another tag, so pods are rolled when it changes.
 */
const referenceOf = (version: string, key: string): string => `localhost/openclaw:${version}-${key}`;

export interface BuiltImage {
  readonly reference: string;
  /** OCI archive in the cache. */
  readonly archive: string;
  /** Of the manifest: `sha256:…`. */
  readonly digest: string;
  /** Of the archive, whose layers are compressed. */
  readonly bytes: number;
  /** How long the build took. */
  readonly seconds: number;
  /** What of Debian is in it: `libc6 2.36-9+deb12u14`. */
  readonly packages: readonly string[];
}

/**
 * The OpenClaw image from the cache, or built anew from the npm registry and Debian's archive.
 *
 * @param packages the pinned ones unless given
 * @throws UserError if a registry does not answer, or without root
 */
export async function ensureOpenClawImage(
  progress: Progress,
  packages: OpenClawPackages = pinnedPackages,
): Promise<BuiltImage> {
  const key = await sourceKey(packages);
  const folder = join(cacheRoot(), "images", platformName, `openclaw-${packages.version}-${key}`);
  const description = join(folder, "image.json");
  return withLock(`${folder}.lock`, async () => {
    const isBuilt = await access(description).then(
      () => true,
      () => false,
    );
    if (!isBuilt) {
      await build(folder, packages, referenceOf(packages.version, key), progress);
    }
    return JSON.parse(await readFile(description, "utf8"));
  });
}

/** The folder that the Containerfile is built with, for building it elsewhere. @param folder is made and must be new */
export async function writeContext(
  folder: string,
  progress: Progress,
  openclaw: OpenClawPackages = pinnedPackages,
): Promise<readonly string[]> {
  await mkdir(join(folder, "home"), { recursive: true });
  await copyFile(join(sources, "Containerfile"), join(folder, "Containerfile"));
  const packages = await assembleBase(join(folder, "debian"), progress);
  await assembleApp(join(folder, "app"), openclaw, progress);
  return packages;
}

async function build(
  folder: string,
  openclaw: OpenClawPackages,
  reference: string,
  progress: Progress,
): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new UserError("Building the OpenClaw image needs root: its files belong to several users.");
  }
  const started = Date.now();
  await mkdir(folder, { recursive: true });
  const context = await mkdtemp(`${folder}.context-`);
  try {
    const packages = await writeContext(context, progress, openclaw);
    const step = progress.step(`image: building ${reference}`);
    const archive = join(folder, "openclaw.tar");
    const containerfile = join(sources, "Containerfile");
    const digest = await buildImage(
      { reference, containerfile, context, args: { BASE: "debian" } },
      archive,
      progress,
    );
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

/** OpenClaw with its packages, Node and an init, by name in bin/. */
async function assembleApp(
  folder: string,
  { version, folder: locked }: OpenClawPackages,
  progress: Progress,
): Promise<void> {
  const step = progress.step(`image: installing OpenClaw ${version} from npm`);
  await mkdir(join(folder, "bin"), { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) {
    await copyFile(join(locked, name), join(folder, name));
  }
  const npm = async (...args: string[]): Promise<void> => {
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    const { code, stderr } = await run("npm", [...args, ...quiet], {
      cwd: folder,
      env: projectEnvironment(),
    });
    if (code !== 0) {
      step.fail();
      throw new UserError(`npm ${args[0]} of OpenClaw ${version} failed: ${stderr.trim()}`);
    }
  };
  await npm("ci", "--omit=dev", "--ignore-scripts");
  // OpenClaw's own script alone: it refuses to start until it has run.
  await npm("rebuild", "openclaw");
  const node = `node-linux-${process.arch}`;
  await rename(join(folder, "node_modules", node, "bin", "node"), join(folder, "bin", "node"));
  // Headers and manuals, half as large as Node itself.
  await rm(join(folder, "node_modules", node), { recursive: true });
  await symlink("../node_modules/openclaw/openclaw.mjs", join(folder, "bin", "openclaw"));
  const tini = await ensurePackages(
    { name: "tini", packages: ["tini"], selfContained: true, omit: tiniNeeds },
    progress,
  );
  await cp(join(tini.root, "usr/bin/tini-static"), join(folder, "bin", "tini"));
  await chmod(join(folder, "bin", "tini"), 0o755);
  step.done(`image: OpenClaw ${version} installed from npm`);
}

/** The static one needs nothing. */
const tiniNeeds = ["libc6", "libgcc-s1", "gcc-12-base"];

/** The project's Node before the system's: OpenClaw's packages refuse an old one. */
const projectEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [join(repository, "node_modules", ".bin"), process.env.PATH].join(delimiter),
});

/** Changes with what the image is made of, as far as this repository says. */
async function sourceKey({ folder }: OpenClawPackages): Promise<string> {
  const hash = createHash("sha256").update(process.arch);
  const files = [
    join(sources, "Containerfile"),
    join(folder, "package-lock.json"),
    join(sources, "../base.ts"),
    join(sources, "../openclaw.ts"),
  ];
  for (const file of files) {
    hash.update(await readFile(file));
  }
  return hash.digest("hex").slice(0, 12);
}
