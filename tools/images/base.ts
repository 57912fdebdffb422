import { appendFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensurePackages } from "../debian/packages.ts";
import type { Progress } from "../terminal/progress.ts";

/** uid and gid of the user `node`, as in the official image. */
const userId = 1000;

/**
 * What OpenClaw starts besides itself: a shell with its usual tools and `ps`; certificates for those of them that
 * speak TLS (Node has its own). git, python and the like are for an image of one's own.
 */
const packages = [
  ...["base-files", "ca-certificates", "libc6", "libstdc++6"],
  ...["bash", "coreutils", "dash", "findutils", "grep", "gzip", "mawk", "procps", "sed", "tar"],
];

/** Only for scripts that packages run while they are installed. */
const omit = [
  ...["debconf", "dpkg", "init-system-helpers", "openssl", "libssl3", "usrmerge", "perl", "perl-base"],
  ...["perl-modules-5.36", "libperl5.36", "libfile-find-rule-perl", "libnumber-compare-perl"],
  ...["libtext-glob-perl", "libgdbm6", "libgdbm-compat4", "libdb5.3"],
];

/** Manuals, translations and what only a system that boots needs; licences stay. */
const left = [
  "usr/share/man",
  "usr/share/info",
  "usr/share/locale",
  "usr/share/lintian",
  "boot",
  "usr/lib/systemd",
];

/** Puts together a Debian in a folder. @returns versions of its packages */
export async function assembleBase(folder: string, progress: Progress): Promise<readonly string[]> {
  const unpacked = await ensurePackages(
    { name: "openclaw-base", packages, selfContained: true, omit },
    progress,
  );
  await cp(unpacked.root, folder, { recursive: true, verbatimSymlinks: true });
  for (const path of left) {
    await rm(join(folder, path), { recursive: true, force: true });
  }
  await keepLicencesOnly(join(folder, "usr/share/doc"));
  await addUser(folder);
  await addCertificates(folder);
  // The packages' own scripts would make these.
  await symlink("dash", join(folder, "usr/bin/sh")).catch(ignoreExisting);
  await symlink("mawk", join(folder, "usr/bin/awk")).catch(ignoreExisting);
  return unpacked.versions;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") {
    throw error;
  }
}

async function keepLicencesOnly(documents: string): Promise<void> {
  for (const entry of await readdir(documents, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name !== "copyright") {
      await rm(join(entry.parentPath, entry.name));
    }
  }
}

async function addUser(folder: string): Promise<void> {
  await writeFile(
    join(folder, "etc/passwd"),
    `root:x:0:0:root:/root:/bin/bash\nnode:x:${userId}:${userId}::/home/node:/bin/bash\n` +
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
  );
  await writeFile(join(folder, "etc/group"), `root:x:0:\nnode:x:${userId}:\nnogroup:x:65534:\n`);
}

/** All of Mozilla's authorities in one file, as update-ca-certificates does. */
async function addCertificates(folder: string): Promise<void> {
  const authorities = join(folder, "usr/share/ca-certificates/mozilla");
  const bundle = join(folder, "etc/ssl/certs/ca-certificates.crt");
  await mkdir(join(folder, "etc/ssl/certs"), { recursive: true });
  for (const name of (await readdir(authorities)).toSorted()) {
    await appendFile(bundle, await readFile(join(authorities, name)));
  }
}
