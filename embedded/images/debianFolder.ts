import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../../lib/terminal/progress.ts";
import { ensurePackages, type PackageSet } from "../debian/packages.ts";

export interface DebianFolder {
  readonly packages: PackageSet;
  /** Whom its programs run as; uid and gid are the same. */
  readonly user: {
    readonly name: string;
    readonly id: number;
    readonly home: string;
    readonly shell: string;
  };
  /** Paths that nobody needs, besides those of every image. */
  readonly without?: readonly string[];
}

/** Manuals, translations and what only a system that boots needs; licences stay. */
const neverNeeded = [
  "usr/share/man",
  "usr/share/info",
  "usr/share/locale",
  "usr/share/lintian",
  "boot",
  "usr/lib/systemd",
];

/** Puts together a Debian in a folder. @returns versions of its packages */
export async function assembleDebian(
  folder: string,
  { packages, user, without = [] }: DebianFolder,
  progress: Progress,
): Promise<readonly string[]> {
  const unpacked = await ensurePackages(packages, progress);
  await cp(unpacked.root, folder, { recursive: true, verbatimSymlinks: true });
  for (const path of [...neverNeeded, ...without]) {
    await rm(join(folder, path), { recursive: true, force: true });
  }
  await keepLicencesOnly(join(folder, "usr/share/doc"));
  await addUser(folder, user);
  // The packages' own scripts would make these.
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    await link(join("usr", name), join(folder, name));
  }
  await link("dash", join(folder, "usr/bin/sh"));
  await link("mawk", join(folder, "usr/bin/awk"));
  return unpacked.versions;
}

async function link(target: string, path: string): Promise<void> {
  await symlink(target, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") {
      throw error;
    }
  });
}

async function keepLicencesOnly(documents: string): Promise<void> {
  for (const entry of await readdir(documents, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name !== "copyright") {
      await rm(join(entry.parentPath, entry.name));
    }
  }
}

async function addUser(folder: string, { name, id, home, shell }: DebianFolder["user"]): Promise<void> {
  await mkdir(join(folder, "etc"), { recursive: true });
  await writeFile(
    join(folder, "etc/passwd"),
    `root:x:0:0:root:/root:${shell}\n${name}:x:${id}:${id}::${home}:${shell}\n` +
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
  );
  await writeFile(join(folder, "etc/group"), `root:x:0:\n${name}:x:${id}:\nnogroup:x:65534:\n`);
}
