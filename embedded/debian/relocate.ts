import { chmod, open, readdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { UnpackedPackages } from "./packages.ts";

/**
 * Copies unpacked packages of another release to a folder where every user may run their programs, on this system's
 * kernel and with the packages' own C library: each program becomes a script of its name that calls the packages' loader.
 * No root and no change of root folder is needed.
 *
 * @param folder is made, and must be new
 * @param binaries folders of programs, relative to the packages' root
 * @throws UserError if the files cannot be copied
 */
export async function relocate(
  packages: UnpackedPackages,
  folder: string,
  binaries: readonly string[],
): Promise<void> {
  const { code, stderr } = await run("cp", ["--archive", packages.root, folder]);
  if (code !== 0) {
    throw new UserError(`Copying packages to ${folder} failed: ${stderr.trim()}`);
  }
  await chmod(folder, 0o755);
  for (const path of binaries) {
    for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
      const program = join(folder, path, entry.name);
      if (entry.isFile() && (await isElf(program))) {
        await callThroughLoader(folder, program);
      }
    }
  }
}

/** Programs of a set find others beside them by the name that they were called by, hence `--argv0`. */
async function callThroughLoader(root: string, program: string): Promise<void> {
  const real = `${program}.elf`;
  await rename(program, real);
  const loader = join(root, "usr/lib", loaderOf(process.arch));
  const libraries = dirname(loader);
  await writeFile(
    program,
    `#!/bin/sh\nexec ${loader} --library-path ${libraries} --argv0 "$0" ${real} "$@"\n`,
  );
  await chmod(program, 0o755);
}

function loaderOf(architecture: string): string {
  switch (architecture) {
    case "x64":
      return "x86_64-linux-gnu/ld-linux-x86-64.so.2";
    case "arm64":
      return "aarch64-linux-gnu/ld-linux-aarch64.so.1";
    default:
      throw new UserError(`Debian's packages are used on x64 and arm64, not on ${architecture}.`);
  }
}

async function isElf(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 4 && buffer.toString("latin1") === "\x7fELF";
}
