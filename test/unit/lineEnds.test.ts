import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scriptFile } from "../../components/scriptFile.ts";
import { repository } from "../../lib/system/paths.ts";
import { gitRepository } from "../fixtures/gitRepository.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

test("a clone has LF and its binary files as they are, whatever git is set to", () => {
  const attributes = readFileSync(join(repository, ".gitattributes"), "utf8");
  const binary = "\r\n\n\r";
  using origin = gitRepository({
    ".gitattributes": attributes,
    "provision.sh": "set -eu\ntrue\n",
    "state.json.gz": binary,
    "picture.png": binary,
  });
  using there = temporaryFolder();
  const clone = join(there.path, "clone");
  origin.git("-c", "core.autocrlf=true", "clone", "--quiet", origin.path, clone);
  const read = (name: string) => readFileSync(join(clone, name), "utf8");
  expect(read("provision.sh")).toBe("set -eu\ntrue\n");
  expect([read("state.json.gz"), read("picture.png")]).toEqual([binary, binary]);
});

test("a script with LF is what its file says", () => {
  using folder = temporaryFolder({ "a.sh": "set -eu\ntrue\n" });
  expect(scriptFile(folder.path, "a.sh")).toBe("set -eu\ntrue\n");
});

test.each([
  ["every line", "set -eu\r\ntrue\r\n", 1],
  ["one line", "set -eu\ntrue\r\n", 2],
  ["no line's end", "set -eu\ntrue\nfalse\r", 3],
])("a script with CR at %s is refused, with the line and what to do", (_, text, line) => {
  using folder = temporaryFolder({ "a.sh": text });
  expect(() => scriptFile(folder.path, "a.sh")).toThrow(
    new RegExp(`a\\.sh:${line}: lines must end with LF alone.*git checkout -- \\S+a\\.sh`),
  );
});

test("nothing that runs in a pod is read in another way", () => {
  const sources = ["backup", "identity", "platform", "services", "tenant"]
    .map((room) => `components/${room}`)
    .flatMap((folder) =>
      readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, name),
      ),
    );
  const reading = sources.filter(
    (name) =>
      name.endsWith(".ts") && /\breadFile(Sync)?\(/.test(readFileSync(join(repository, name), "utf8")),
  );
  expect(sources.length).toBeGreaterThan(50);
  expect(reading).toEqual([]);
});
