import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { userIds } from "../../../components/userIds.ts";
import { versitygw } from "../../binaries/catalogue.ts";
import { binaryPath, ensureBinaries } from "../../binaries/index.ts";
import type { ServiceImage } from "./image.ts";

/** versitygw, a static program, and what our start script calls. */
export const objectStoreImage: ServiceImage = {
  name: "openclaw-object-store",
  version: versitygw.version,
  packages: {
    name: "object-store",
    release: "trixie",
    selfContained: true,
    packages: ["base-files", "coreutils", "dash", "libc6"],
    omit: ["debconf", "dpkg", "libbz2-1.0", "libmd0", "openssl-provider-legacy", "tar"],
  },
  user: { name: "versitygw", id: userIds.objectStore, home: "/data", shell: "/bin/sh" },
  add: async (folder, progress) => {
    await ensureBinaries([versitygw], progress);
    const program = join(folder, "usr/bin/versitygw");
    await copyFile(binaryPath(versitygw, "versitygw"), program);
    await chmod(program, 0o755);
  },
};
