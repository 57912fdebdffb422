import { chmod, copyFile, cp, mkdir, rename, rm, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { userIds } from "../../components/userIds.ts";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { ensurePackages } from "../debian/packages.ts";
import { assembleBase } from "./base.ts";
import { fillCompileCache } from "./compileCache.ts";
import { type BuiltImage, contentKey, ensureImage } from "./ensure.ts";
import imagePackage from "./openclaw/package.json" with { type: "json" };

const sources = join(repository, "embedded", "images", "openclaw");

/** The version of OpenClaw in the image, pinned in package.json and package-lock.json beside the Containerfile. */
export const openclawVersion = imagePackage.dependencies.openclaw;

/** An OpenClaw with its npm packages. */
export interface OpenClawPackages {
  readonly version: string;
  /** Folder of their package.json and package-lock.json. */
  readonly folder: string;
}

const pinnedPackages: OpenClawPackages = { version: openclawVersion, folder: sources };

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
  const recipe = {
    name: "openclaw",
    version: packages.version,
    key: await sourceKey(packages),
    containerfile: join(sources, "Containerfile"),
    args: { BASE: "debian" },
    fill: (context: string) => writeContext(context, progress, packages),
  };
  return ensureImage(recipe, progress);
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
  await fillCompileCache(folder, progress);
  return packages;
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
const sourceKey = ({ folder }: OpenClawPackages): Promise<string> =>
  contentKey(
    [
      join(sources, "Containerfile"),
      join(folder, "package-lock.json"),
      join(sources, "fillCompileCache.mjs"),
      ...["base.ts", "compileCache.ts", "debianFolder.ts", "openclaw.ts"].map((name) =>
        join(import.meta.dirname, name),
      ),
    ],
    [`${userIds.gateway}`],
  );
