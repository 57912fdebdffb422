import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run } from "../../lib/system/run.ts";
import type { Binaries, Download } from "./catalogue.ts";
import { fetchFile } from "./fetchFile.ts";
import { isReachable } from "./reachable.ts";

/** Milliseconds in which a small text must have come. */
const textLimit = 15_000;

/** Whether all programs can be had from their official downloads here and now. */
export async function canDownload(binaries: Binaries): Promise<boolean> {
  const downloads = Object.values(binaries.downloads ?? {});
  if (process.platform !== "linux" || downloads.length === 0) {
    return false;
  }
  return (await Promise.all(downloads.map(({ url }) => isReachable(url)))).every(Boolean);
}

/**
 * Downloads one program, checks its published checksum and makes it executable.
 *
 * @throws Error if the server refuses, stalls, or sends something else than the checksum says
 */
export async function download(
  { url, member, checksum }: Download,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const archive = member === undefined ? target : `${target}.tar.gz`;
  await fetchFile(url, archive, onBytes);
  if (checksum !== undefined) {
    const wanted = checksumOf(await fetchText(checksum), basename(new URL(url).pathname));
    const found = await sha256(archive);
    if (wanted !== found) {
      await rm(archive, { force: true });
      throw new Error(
        `${url} has the SHA-256 ${found}, but ${checksum} says ${wanted ?? "nothing about it"}`,
      );
    }
  }
  if (member !== undefined) {
    const folder = dirname(target);
    const { code, stderr } = await run("tar", [
      "-xzf",
      archive,
      "-C",
      folder,
      "--strip-components=1",
      member,
    ]);
    if (code !== 0) {
      throw new Error(`tar of ${url}: ${stderr.trim()}`);
    }
    await rm(archive);
    if (join(folder, basename(member)) !== target) {
      throw new Error(`${url} has no ${basename(target)}`);
    }
  }
  await chmod(target, 0o755);
}

/** The hash of a file in a text that is one bare hash, or lines of `<hash>  <file>`. */
export function checksumOf(text: string, file: string): string | undefined {
  for (const line of text.trim().split("\n")) {
    const [hash, name] = line.trim().split(/\s+\*?/);
    if (name === undefined || name === file) {
      return hash;
    }
  }
  return undefined;
}

export async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(textLimit) });
  if (!response.ok) {
    throw new Error(`${url}: HTTP ${response.status}`);
  }
  return response.text();
}

export async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk);
  }
  return hash.digest("hex");
}
