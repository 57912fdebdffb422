import type { PackageSet } from "../../debian/packages.ts";

/** Valkey 8 and its command line, and what our scripts call. */
export const cachePackages: PackageSet = {
  name: "valkey",
  release: "trixie",
  selfContained: true,
  packages: [
    ...["base-files", "coreutils", "dash", "grep", "libc6", "sed"],
    ...["valkey-server", "valkey-tools"],
  ],
  omit: [
    // Of the packages' own scripts, none of which runs.
    ...["adduser", "base-passwd", "debconf", "dpkg", "init-system-helpers", "login.defs", "passwd", "tar"],
    ...["libaudit-common", "libaudit1", "libcap-ng0", "libcrypt1", "libdb5.3t64", "libdebconfclient0"],
    ...[
      "libpam-modules",
      "libpam-modules-bin",
      "libpam0g",
      "libsemanage-common",
      "libsemanage2",
      "libsepol2",
    ],
    ...["libbsd0", "libbz2-1.0", "libmd0", "openssl-provider-legacy"],
  ],
};
