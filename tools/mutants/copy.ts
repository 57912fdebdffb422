import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import type { SourceFile } from "./mutants.ts";

/** Puts the repository as it is on disk into an empty folder, with these files in the place of its own. */
export async function copyRepository(folder: string, files: readonly SourceFile[]): Promise<void> {
  const { stdout } = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: repository,
  });
  for (const path of stdout.split("\0").filter((each) => each !== "" && existsSync(join(repository, each)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(repository, path), join(folder, path));
  }
  symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"));
  for (const { name, content } of files) {
    writeFileSync(join(folder, name), content);
  }
}
