import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { unpackPlugin } from "../../embedded/engine/archives.ts";
import { pluginFolder } from "../../embedded/engine/platform.ts";

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "openclaw-archives-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

test("runs that unpack the same at a time all succeed, and what is there is whole", async () => {
  using folder = temporaryFolder();
  const content = join(folder.path, "content");
  mkdirSync(content);
  writeFileSync(join(content, "pulumi-resource-random"), "#!/bin/sh\n");
  const archive = join(folder.path, "random.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", content, "pulumi-resource-random"]);
  const home = join(folder.path, "home");
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 6 }, () => unpackPlugin(archive, home, "random")));
  }
  expect(readdirSync(join(home, "plugins"))).toEqual([pluginFolder("random")]);
  expect(readdirSync(join(home, "plugins", pluginFolder("random")))).toEqual(["pulumi-resource-random"]);
});

test("an archive writes nothing outside of the folder that it is unpacked in", async () => {
  using folder = temporaryFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  for (const path of [at("outside"), at("linked"), at("real", "link"), at("home", "plugins", "x")]) {
    mkdirSync(path, { recursive: true });
  }
  symlinkSync(at("outside"), at("linked", "link"));
  writeFileSync(at("real", "link", "evil"), "");
  writeFileSync(at("outside", "evil"), "");
  const pack = (name: string, ...what: string[]) => execFileSync("tar", ["-czPf", at(name), ...what]);
  pack("link", "-C", at("linked"), "link", "-C", at("real"), "link/evil");
  pack("above", "-C", at("home", "plugins", "x"), "../../../outside/evil");
  pack("absolute", at("outside", "evil"));
  for (const name of ["link", "above", "absolute"]) {
    rmSync(at("outside", "evil"), { force: true });
    await unpackPlugin(at(name), at("home"), "random").catch(() => {});
    expect(existsSync(at("outside", "evil")), name).toBe(false);
  }
});
