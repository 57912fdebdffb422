import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../embedded/engine/index.ts";
import { cacheRoot } from "../../lib/system/cache.ts";
import { localHome } from "../../lib/system/paths.ts";
import { stackVariables } from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const usable = [
  "/srv/clone",
  "/srv/中文/客户-1",
  "/srv/a#b",
  "/srv/per%20cent",
  "/srv/-dash",
  "/srv/~a@b+c_d.e",
];
const unusable = [
  ["/srv/a b", '" "'],
  ["/srv/a:b", '":"'],
  ["/srv/a,b", '","'],
  ["/srv/a=b", '"="'],
  ["/srv/a?b", '"?"'],
  ["/srv/a'b", '"\'"'],
  ['/srv/a"b', '"""'],
  ["/srv/a`b", '"`"'],
  ["/srv/a$b", '"$"'],
  ["/srv/a*b", '"*"'],
  ["/srv/a\\b", '"\\"'],
  ["/srv/a\nb", "U+000A"],
  ["/srv/a\u00a0b", "U+00A0"],
  ["/srv/a\u3000b", "U+3000"],
  ["/srv/a\u202eb", "U+202E"],
] as const;

describe.each([
  ["OPENCLAW_LOCAL", localHome],
  ["OPENCLAW_CACHE", cacheRoot],
] as const)("%s", (variable, folderOf) => {
  test.each(usable)("may be %j", (path) => {
    expect(folderOf({ [variable]: path })).toBe(path);
  });

  test.each(unusable)("must not be %j: the character is named, and the variable", (path, character) => {
    const message = `must not have ${character} in its name`;
    expect(() => folderOf({ [variable]: path })).toThrow(message);
    expect(() => folderOf({ [variable]: path })).toThrow(`Set ${variable} to another one.`);
  });

  test("must not lead to such a folder by a link, whether it is there yet or not", () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, "a b"));
    symlinkSync(join(folder.path, "a b"), join(folder.path, "link"));
    for (const path of ["link", "link/not/yet"]) {
      expect(() => folderOf({ [variable]: join(folder.path, path) })).toThrow(/a b.* must not have " "/);
    }
  });
});

test("the default cache of a home with a space is refused with the way out", () => {
  expect(() => cacheRoot({ HOME: "/Users/Ann Lee" })).toThrow(/\/Users\/Ann Lee\/.* Set OPENCLAW_CACHE/);
  expect(() => cacheRoot({ XDG_CACHE_HOME: "/a:b" })).toThrow("Set OPENCLAW_CACHE");
});

const engine: Engine = {
  kind: "stand-in",
  cli: "/bin/pulumi",
  pulumiHome: "/pulumi",
  path: [],
  description: "",
};

test.each([...usable, "/home/contexts/arn%3Aaws%3Aeks", "/home/a b?c"])(
  "the URL of the state in %j leads there",
  (folder) => {
    const target: Target = { kind: "local", stack: "dev", home: "/home", folder, context: "kind" };
    const url = new URL(stackVariables(target, engine).PULUMI_BACKEND_URL ?? "");
    expect(fileURLToPath(url)).toBe(join(folder, "state"));
    expect(url.search).toBe("?metadata=skip");
  },
);
