import type { ServiceImage } from "./image.ts";

/** restic, and what our scripts call. */
export const backupImage: ServiceImage = {
  name: "openclaw-backup",
  version: { ofPackage: "restic" },
  packages: {
    name: "restic",
    release: "trixie",
    selfContained: true,
    packages: ["base-files", "coreutils", "dash", "findutils", "grep", "libc6", "restic", "sed", "tar"],
    omit: ["debconf", "dpkg", "libbz2-1.0", "libmd0", "openssl-provider-legacy"],
  },
  user: { name: "restic", id: 1000, home: "/nonexistent", shell: "/bin/sh" },
};
