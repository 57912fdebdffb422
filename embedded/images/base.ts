import { appendFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { userIds } from "../../components/userIds.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { assembleDebian } from "./debianFolder.ts";

/** The user `node`, as in the official image. */
export const user = { name: "node", id: userIds.gateway, home: "/home/node", shell: "/bin/bash" };

/**
 * The programs that OpenClaw starts besides itself: a shell with its usual tools and `ps`; certificates for those of
 * them that speak TLS (Node has its own). git, python and the like are for an image of one's own.
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

/** Puts together OpenClaw's Debian in a folder. @returns versions of its packages */
export async function assembleBase(folder: string, progress: Progress): Promise<readonly string[]> {
  const set = { name: "openclaw-base", packages, selfContained: true, omit };
  const versions = await assembleDebian(folder, { packages: set, user }, progress);
  await addCertificates(folder);
  return versions;
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
