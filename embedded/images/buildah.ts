import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Progress } from "../../lib/terminal/progress.ts";
import { ensurePackages, packageEnvironment } from "../debian/packages.ts";

export interface ImageBuild {
  /** Full reference: `localhost/openclaw:2026.9.6`. */
  readonly reference: string;
  readonly containerfile: string;
  /** Folder that the Containerfile copies from. */
  readonly context: string;
  /** The Containerfile's arguments, also those with defaults: buildah 1.28 takes no stage from a default. */
  readonly args?: Readonly<Record<string, string>>;
}

/**
 * Builds an image from a Containerfile that runs nothing, and writes it as an OCI archive. Every file's time is 1970:
 * the same context makes the same image.
 *
 * @param archive the file to write; it is there only complete
 * @returns the digest of the image's manifest
 * @throws UserError with what buildah says
 */
export async function buildImage(build: ImageBuild, archive: string, progress: Progress): Promise<string> {
  const packages = await ensurePackages(
    { name: "buildah", packages: ["buildah"], selfContained: false },
    progress,
  );
  await mkdir(dirname(archive), { recursive: true });
  const work = await mkdtemp(`${archive}.work-`);
  const policy = join(work, "policy.json");
  const settings = join(work, "containers.conf");
  const env = {
    ...(await packageEnvironment(packages)),
    HOME: work,
    BUILDAH_ISOLATION: "chroot",
    CONTAINERS_CONF: settings,
  };
  const buildah = async (subcommand: string, ...args: string[]): Promise<void> => {
    const storage = ["--root", join(work, "root"), "--runroot", join(work, "run")];
    // In a mount namespace of its own: killed half-way it leaves no mount behind.
    const { code, stderr } = await run(
      "unshare",
      ["--mount", "buildah", ...storage, "--storage-driver", "overlay", subcommand, ...args],
      { env },
    );
    if (code !== 0) {
      throw new UserError(`buildah ${subcommand} of ${build.reference} failed: ${stderr.trim()}`);
    }
  };
  try {
    // Nothing is pulled, so there is nothing to trust.
    await writeFile(policy, JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
    // Else it makes a folder for networks in /etc, though nothing is run.
    await writeFile(settings, `[network]\nnetwork_config_dir = ${JSON.stringify(join(work, "networks"))}\n`);
    await buildah(
      "build",
      ...["--signature-policy", policy, "--timestamp", "0", "--layers=false", "--pull=never"],
      ...Object.entries(build.args ?? {}).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
      ...["--file", build.containerfile, "--tag", build.reference, build.context],
    );
    const digest = join(work, "digest");
    const partial = join(work, "archive.tar");
    await buildah(
      "push",
      ...["--signature-policy", policy, "--digestfile", digest],
      ...[build.reference, `oci-archive:${partial}:${build.reference}`],
    );
    await rename(partial, archive);
    return (await readFile(digest, "utf8")).trim();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
