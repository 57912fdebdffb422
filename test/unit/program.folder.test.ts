import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../../lib/system/paths.ts";

const { main }: { main: string } = parse(readFileSync(join(repository, "Pulumi.yaml"), "utf8"));

test("the official language host finds no package below the program's folder, so it asks for no plugin unused", () => {
  const folder = join(repository, dirname(main));
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => basename(name));
  expect(names).toContain("index.ts");
  expect(names.filter((name) => name === "package.json" || name === "node_modules")).toEqual([]);
});

test("the program in that folder is index.ts of the repository, run from the repository", () => {
  const text = readFileSync(join(repository, main), "utf8");
  const imports = [...text.matchAll(/^import (?:.+ from )?"(.+)";$/gm)].map(([, path]) => path);
  expect(imports).toEqual(["./workingDirectory.ts", "../index.ts"]);
});
