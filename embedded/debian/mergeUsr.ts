import { lstat, mkdir, readdir, rename, rmdir, symlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * Moves /bin, /sbin and /lib* under /usr and leaves links, as Debian's usrmerge does: packages still disagree on where
 * their files are, and mean the same.
 */
export async function mergeUsr(root: string): Promise<void> {
  const names = (await readdir(root)).filter((name) => /^(bin|sbin|lib(32|64|x32)?)$/.test(name));
  for (const name of names) {
    if ((await lstat(join(root, name))).isDirectory()) {
      await moveInto(join(root, name), join(root, "usr", name));
      await symlink(join("usr", name), join(root, name));
    }
  }
}

/** Merges a folder into another; of two files of one name the moved one stays. */
async function moveInto(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    const there = await lstat(target).catch(() => undefined);
    if (there?.isDirectory() && entry.isDirectory()) {
      await moveInto(source, target);
    } else {
      await rename(source, target);
    }
  }
  await rmdir(from);
}
