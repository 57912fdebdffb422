import type { PackageSet } from "../../debian/packages.ts";

/** curl, and what our scripts call. */
export const clientPackages: PackageSet = {
  name: "curl",
  release: "trixie",
  selfContained: true,
  packages: ["base-files", "ca-certificates", "coreutils", "curl", "dash", "grep", "libc6", "sed"],
  omit: [
    // Of the packages' own scripts, none of which runs.
    ...["debconf", "dpkg", "openssl", "openssl-provider-legacy", "tar"],
    ...["libbz2-1.0", "libdb5.3t64", "libmd0"],
  ],
};
