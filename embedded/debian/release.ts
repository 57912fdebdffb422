import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Releases of Debian that packages are taken from wherever this runs, Ubuntu included. */
export type DebianRelease = "trixie";

/** Debian's mirror network, for machines without OPENCLAW_DEBIAN_MIRROR. */
const publicMirror = "http://deb.debian.org";

/**
 * The archive of a release in apt's format (sources.list(5)). Plain HTTP is how Debian serves it: apt believes nothing
 * that the keyring does not vouch for.
 *
 * @param keyring file with Debian's keys
 * @param mirror a site with the folders debian and debian-security
 */
export function releaseSources(release: DebianRelease, keyring: string, mirror = publicMirror): string {
  const archive = (folder: string, ...suites: readonly string[]): string =>
    [
      "Types: deb",
      `URIs: ${mirror}/${folder}`,
      `Suites: ${suites.join(" ")}`,
      "Components: main",
      `Signed-By: ${keyring}`,
      "",
    ].join("\n");
  return [
    archive("debian", release, `${release}-updates`),
    archive("debian-security", `${release}-security`),
  ].join("\n");
}

/** Settings of apt that make it see a release alone: nothing of the system's sources, keys or preferences. */
export async function releaseSettings(
  release: DebianRelease,
  keyring: string,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const sources = join(folder, "release.sources");
  const nothing = join(folder, "nothing");
  await mkdir(nothing, { recursive: true });
  await writeFile(sources, releaseSources(release, keyring, process.env.OPENCLAW_DEBIAN_MIRROR));
  return {
    "Dir::Etc::sourcelist": sources,
    "Dir::Etc::sourceparts": nothing,
    "Dir::Etc::trusted": join(nothing, "trusted.gpg"),
    "Dir::Etc::trustedparts": nothing,
    "Dir::Etc::preferences": join(nothing, "preferences"),
    "Dir::Etc::preferencesparts": nothing,
    "APT::Get::AllowUnauthenticated": "false",
    "Acquire::AllowInsecureRepositories": "false",
    "Acquire::Languages": "none",
    // A source that does not answer is an error, not a warning: there is no other.
    "APT::Update::Error-Mode": "any",
  };
}
