import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { pulumiHomeOf } from "../../embedded/engine/home.ts";

afterEach(() => vi.unstubAllEnvs());

test("a program that was replaced where it lies is not run as it was before", async () => {
  const folder = mkdtempSync(join(tmpdir(), "openclaw-home-"));
  try {
    vi.stubEnv("OPENCLAW_CACHE", join(folder, "cache"));
    const program = join(folder, "pulumi");
    const home = () => pulumiHomeOf("cli", { "bin/pulumi": program });
    writeFileSync(program, "3.259.0");
    const former = await home();
    expect(await home()).toBe(former);
    writeFileSync(`${program}.new`, "3.260.10");
    renameSync(`${program}.new`, program);
    expect(readFileSync(join(await home(), "bin", "pulumi"), "utf8")).toBe("3.260.10");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
