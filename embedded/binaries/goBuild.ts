import { join } from "node:path";
import { repository } from "../../lib/system/paths.ts";
import { run } from "../../lib/system/run.ts";
import { UserError } from "../../lib/terminal/errors.ts";
import type { Binaries } from "./catalogue.ts";

/** go.mod files of embedded/ need it. */
const minimumGo = "1.26";

export interface BuildCounts {
  /** Modules that had to be downloaded. */
  modules: number;
  /** Packages compiled; those in Go's own build cache are not counted. */
  packages: number;
}

/**
 * Builds all programs of one module into a folder, one after the other: they share most packages.
 *
 * @throws UserError if there is no Go, or if the build fails
 */
export async function goBuild(binaries: Binaries, folder: string, counts: BuildCounts): Promise<void> {
  for (const [name, program] of Object.entries(binaries.programs)) {
    const args = [
      "build",
      "-v",
      "-mod=readonly",
      "-trimpath",
      ...(binaries.tags === undefined ? [] : ["-tags", binaries.tags]),
      "-ldflags",
      ["-s -w", program.linkerFlags].filter(Boolean).join(" "),
      "-o",
      join(folder, name),
      program.package,
    ];
    const { code, stderr } = await run("go", args, {
      cwd: join(repository, binaries.module),
      env: { ...process.env, CGO_ENABLED: "0" },
      onErrorLine: (line) => {
        counts[line.startsWith("go: ") ? "modules" : "packages"] += 1;
      },
    });
    if (code === 127) {
      throw new UserError(
        `${binaries.name} ${binaries.version} must be built here, and there is no \`go\` on PATH.\n` +
          `Install Go ${minimumGo} or newer (https://go.dev/dl), or make the official downloads reachable.`,
      );
    }
    if (code !== 0) {
      throw new UserError(buildFailure(binaries, name, stderr));
    }
  }
}

function buildFailure(binaries: Binaries, program: string, stderr: string): string {
  const tail = stderr.trim().split("\n").slice(-12).join("\n  ");
  return (
    `go build of ${program} ${binaries.version} in ${binaries.module} failed:\n  ${tail}\n` +
    "It needs the Go module proxy (go env GOPROXY), about 6 GB of disk and 3 GB of memory."
  );
}
