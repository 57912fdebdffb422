import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheRoot, platformName } from "../../lib/system/cache.ts";

/**
 * Left alone the CLI writes an encrypted debug log of every run to this folder of its home: half of the processor time
 * that it spends. It has no setting for it, and does without where it cannot make the folder, as beside this file.
 */
const noLogs = "logs";

/**
 * A Pulumi home made of links, named by what they point to; so runs with other parts do not disturb it, and a program that
 * has been replaced where it lies, as a new release of the user's is, makes another home.
 *
 * @param programs by their path below the home, the files themselves
 */
export async function pulumiHomeOf(
  kind: string,
  programs: Readonly<Record<string, string>>,
): Promise<string> {
  const files = await Promise.all(
    Object.entries(programs).map(async ([name, source]) => {
      const { size, mtimeMs } = await stat(source);
      return [name, source, size, mtimeMs];
    }),
  );
  const key = createHash("sha256")
    .update(JSON.stringify([noLogs, files]))
    .digest("hex")
    .slice(0, 12);
  const pulumiHome = join(cacheRoot(), "engines", platformName, `${kind}-${key}`);
  await makeHome(pulumiHome, programs);
  return pulumiHome;
}

async function makeHome(folder: string, programs: Readonly<Record<string, string>>): Promise<void> {
  if (existsSync(folder)) {
    return;
  }
  const partial = `${folder}.partial-${process.pid}`;
  try {
    for (const [name, source] of Object.entries(programs)) {
      await mkdir(dirname(join(partial, name)), { recursive: true });
      await linkOrCopy(source, join(partial, name));
    }
    await writeFile(join(partial, noLogs), "");
    await rename(partial, folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another run has made it: the name says that it is the same.
    if (code !== "ENOTEMPTY" && code !== "EEXIST") {
      throw error;
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** No symbolic link: the CLI warns of a language host that is not beside where its own links end. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  await link(source, target).catch(() => copyFile(source, target));
}
