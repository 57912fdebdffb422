import type { PackageSet } from "../../debian/packages.ts";
import type { ServiceImage } from "./image.ts";

/** curl, and what our scripts call. */
export const clientPackages: PackageSet = {
  name: "curl",
  release: "trixie",
  selfContained: true,
  packages: ["base-files", "coreutils", "curl", "dash", "grep", "libc6", "sed"],
  omit: [
    // Of the packages' own scripts, none of which runs.
    ...["debconf", "dpkg", "openssl-provider-legacy", "tar"],
    ...["libbz2-1.0", "libdb5.3t64", "libmd0"],
  ],
};

/** User as in the official image. */
export const clientImage: ServiceImage = {
  name: "openclaw-client",
  version: { ofPackage: "curl" },
  packages: clientPackages,
  user: { name: "curl_user", id: 100, home: "/nonexistent", shell: "/bin/sh" },
};
