import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../../../lib/system/paths.ts";
import type { Progress } from "../../../lib/terminal/progress.ts";
import { ensurePackages } from "../../debian/packages.ts";
import { assembleDebian, type DebianFolder } from "../debianFolder.ts";
import { type BuiltImage, contentKey, ensureImage } from "../ensure.ts";

/** A service's image, out of Debian's packages; each stands in a file of its own beside this one. */
export interface ServiceImage extends DebianFolder {
  /** `openclaw-database` */
  readonly name: string;
  /** The version in its tag; or the package of Debian whose version that is. */
  readonly version: { readonly ofPackage: string } | string;
  /** Folders of programs besides those of every system. */
  readonly searchPath?: readonly string[];
  /** Adds what no package has. @param folder the image's root */
  readonly add?: (folder: string, progress: Progress) => Promise<void>;
}

const containerfile = join(repository, "embedded/images/services/Containerfile");
const systemPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/**
 * A service's image from the cache, or built anew.
 *
 * @param source file that says what is in it: another content is another image
 */
export async function ensureServiceImage(
  image: ServiceImage,
  source: string,
  progress: Progress,
): Promise<BuiltImage> {
  const { versions } = await ensurePackages(image.packages, progress);
  const assembly = join(import.meta.dirname, "../debianFolder.ts");
  return ensureImage(
    {
      name: image.name,
      version:
        typeof image.version === "string" ? image.version : versionOf(image.version.ofPackage, versions),
      key: await contentKey(
        [containerfile, assembly, import.meta.filename, source],
        [`${image.user.id}`, ...versions],
      ),
      containerfile,
      args: {
        SEARCH_PATH: [...(image.searchPath ?? []), ...systemPath].join(":"),
        USER: `${image.user.id}:${image.user.id}`,
      },
      fill: async (context) => {
        const folder = join(context, "debian");
        await mkdir(folder);
        await assembleDebian(folder, image, progress);
        await image.add?.(folder, progress);
        return versions;
      },
    },
    progress,
  );
}

/** `17.12` of `postgresql-17 17.12-0+deb13u1`, or of `1:17.12…`: as its authors call it. */
export function versionOf(name: string, versions: readonly string[]): string {
  const line = versions.find((version) => version.startsWith(`${name} `));
  const version = line && /^\S+ (?:\d+:)?([0-9.]+)/.exec(line)?.[1];
  if (version === undefined) {
    throw new TypeError(`the image's version is that of ${name}, which is not among its packages`);
  }
  return version;
}
