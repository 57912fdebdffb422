import { userIds } from "../../../components/userIds.ts";
import type { PackageSet } from "../../debian/packages.ts";
import type { ServiceImage } from "./image.ts";

/** PostgreSQL 17 with pgvector and its command line, and nothing that only Debian's own cluster management needs. */
export const databasePackages: PackageSet = {
  name: "postgres",
  release: "trixie",
  selfContained: true,
  packages: [
    ...["base-files", "coreutils", "dash", "libc-bin", "libc6", "sed", "tzdata"],
    ...["postgresql-17", "postgresql-17-pgvector", "postgresql-client-17"],
  ],
  omit: [
    // Of the packages' own scripts, none of which runs.
    ...[
      "adduser",
      "base-passwd",
      "debconf",
      "dpkg",
      "init-system-helpers",
      "login.defs",
      "passwd",
      "sensible-utils",
    ],
    ...[
      "libdb5.3t64",
      "libdebconfclient0",
      "libgdbm6t64",
      "libgdbm-compat4t64",
      "libperl5.40",
      "perl",
      "perl-base",
    ],
    ...["libpam-modules", "libpam-modules-bin", "libsemanage-common"],
    ...["libmd0", "libsemanage2", "libsepol2", "sysvinit-utils", "tar"],
    // Of pg_createcluster and its like.
    ...[
      "libio-pty-perl",
      "libipc-run-perl",
      "libjson-perl",
      "libtext-charwidth-perl",
      "libtext-wrapi18n-perl",
    ],
    ...[
      "libncursesw6",
      "libproc2-0",
      "libc-l10n",
      "locales",
      "netbase",
      "openssl",
      "openssl-provider-legacy",
    ],
    ...[
      "perl-modules-5.40",
      "postgresql-client-common",
      "postgresql-common",
      "postgresql-common-dev",
      "procps",
    ],
    ...["ssl-cert", "ucf"],
    // The compiler of queries, which is off: components/services/inCluster/database/postgresql.conf.
    ...["libllvm19", "libz3-4"],
  ],
};

/** User, paths and version as in the official image. */
export const databaseImage: ServiceImage = {
  name: "openclaw-database",
  version: { ofPackage: "postgresql-17" },
  packages: databasePackages,
  user: { name: "postgres", id: userIds.database, home: "/var/lib/postgresql", shell: "/bin/sh" },
  searchPath: ["/usr/lib/postgresql/17/bin"],
  // The compiler of queries without the library that it needs would fail where none at all is passed over.
  without: [
    "usr/lib/postgresql/17/lib/llvmjit.so",
    "usr/lib/postgresql/17/lib/llvmjit_types.bc",
    "usr/lib/postgresql/17/lib/bitcode",
    // For building extensions.
    "usr/lib/postgresql/17/lib/pgxs",
  ],
};
