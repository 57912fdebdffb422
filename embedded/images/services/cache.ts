import { userIds } from "../../../components/userIds.ts";
import type { PackageSet } from "../../debian/packages.ts";
import type { ServiceImage } from "./image.ts";

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

/** User as in the official image. */
export const cacheImage: ServiceImage = {
  name: "openclaw-cache",
  version: { ofPackage: "valkey-server" },
  packages: cachePackages,
  user: { name: "valkey", id: userIds.cache, home: "/data", shell: "/bin/sh" },
  without: ["etc/init.d", "etc/logrotate.d", "usr/bin/valkey-benchmark"],
};
