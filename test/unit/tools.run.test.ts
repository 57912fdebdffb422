import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

/** Does what npm ci does, as the command of `fake` says, and writes down how it was called. */
const fakeNpm = (work: string) => `#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
${work}
`;
const installing = `mkdir -p node_modules/.bin
ln -sf "$NODE" node_modules/.bin/node
cp package-lock.json node_modules/.package-lock.json`;

/** A clone in a folder of this name, with tools/run.mjs and one package, and a command that prints its words. */
function clone(name = "clone", npm = installing, further: object = {}) {
  const folder = temporaryFolder({
    [`${name}/package-lock.json`]: JSON.stringify({
      packages: { "": {}, "node_modules/a": { integrity: "sha512-a" }, ...further },
    }),
    [`${name}/ops/main.ts`]:
      "export async function runMain(words: string[]) { console.log(words.join()); return 0; }",
    "bin/npm": fakeNpm(npm),
  });
  const path = join(folder.path, name);
  for (const file of ["package.json", "tools/run.mjs", "lib/system/folderName.mjs"]) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    copyFileSync(join(repository, file), join(path, file));
  }
  chmodSync(join(folder.path, "bin/npm"), 0o755);
  const calls = join(folder.path, "calls");
  return {
    path,
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []),
    run(environment: NodeJS.ProcessEnv = {}): Promise<RunResult> {
      return run(process.execPath, [join(path, "tools/run.mjs"), "check", "it"], {
        env: {
          ...process.env,
          OPENCLAW_LOCAL: undefined,
          PATH: `${join(folder.path, "bin")}:/usr/bin:/bin`,
          NODE: process.execPath,
          CALLS: calls,
          ...environment,
        },
      });
    },
    [Symbol.dispose]: folder[Symbol.dispose],
  };
}

describe("packages", () => {
  test("are installed once, and the command runs", async () => {
    using there = clone();
    expect(await there.run()).toMatchObject({ code: 0, stdout: "check,it\n" });
    expect(await there.run()).toMatchObject({ code: 0, stdout: "check,it\n", stderr: "" });
    expect(there.calls()).toHaveLength(1);
  });

  test("are installed whatever npm is told to leave out, and without scripts", async () => {
    using there = clone();
    await there.run({ NODE_ENV: "production" });
    expect(there.calls()[0]).toMatch(/^ci --include=dev --include=optional --include=peer --ignore-scripts /);
  });

  test("that npm has left out nonetheless are named, without a second attempt", async () => {
    using there = clone("clone", "exit 0");
    const { code, stdout, stderr } = await there.run();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^packages: npm ci has left out node_modules\/a: .* a setting forbids it \(`npm config ls -l`\)/m,
    );
    expect(there.calls()).toHaveLength(1);
  });

  test("have a node that their commands run on, whether npm links it or not", async () => {
    const own = `node-${process.platform}-${process.arch}`;
    const lock = { [`node_modules/${own}`]: { optional: true, os: process.platform, cpu: process.arch } };
    const install = `mkdir -p node_modules/.bin node_modules/${own}/bin
ln -s "$NODE" node_modules/${own}/bin/node
cp package-lock.json node_modules/.package-lock.json`;
    using there = clone("clone", install, lock);
    expect(await there.run()).toMatchObject({ code: 0 });
    expect(readlinkSync(join(there.path, "node_modules/.bin/node"))).toBe(`../${own}/bin/node`);
    // As after an npm ci by hand: nothing is installed anew for it.
    rmSync(join(there.path, "node_modules/.bin"), { recursive: true });
    await Promise.all([there.run(), there.run()]);
    expect(readlinkSync(join(there.path, "node_modules/.bin/node"))).toBe(`../${own}/bin/node`);
    expect(there.calls()).toHaveLength(1);
  });

  test("are not installed without npm, which is said in one line", async () => {
    using there = clone();
    const { code, stderr } = await there.run({ PATH: "/nowhere" });
    expect({ code, last: stderr.trim().split("\n").at(-1) }).toEqual({
      code: 1,
      last: "packages: npm is required to install them, and is not on PATH.",
    });
  });

  test("are installed by one of several commands, for which the others wait", async () => {
    using there = clone("clone", `sleep 0.5\n${installing}`);
    const all = await Promise.all([there.run(), there.run(), there.run()]);
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(there.calls()).toHaveLength(1);
  });

  test("that fail to be installed end the command with npm's exit code", async () => {
    using there = clone("clone", "exit 7");
    expect(await there.run()).toMatchObject({ code: 7, stdout: "" });
  });
});

describe("a clone in a folder", () => {
  test.each([
    ["a b", '" "'],
    ["a,b", '","'],
    ["a=b", '"="'],
    ["a?b", '"?"'],
    ["it's", '"\'"'],
    ['a"b', '"""'],
    ["a$b", '"$"'],
    ["a\u3000b", "U+3000"],
    ["a\u200bb", "U+200B"],
  ])("%j is refused before anything is installed, unless the state is elsewhere", async (name, character) => {
    using there = clone(name);
    const { code, stderr } = await there.run();
    expect({ code, calls: there.calls() }).toEqual({ code: 1, calls: [] });
    expect(stderr).toContain(
      `its folder has ${character} in its name. Set OPENCLAW_LOCAL to a folder without`,
    );
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(await there.run({ OPENCLAW_LOCAL: "/tmp" })).toMatchObject({ code: 0, stdout: "check,it\n" });
  });

  test.each([
    ["a:b", '":"'],
    ["a\nb", "U+000A"],
    ["a\u001bb", "U+001B"],
  ])("%j is refused wherever the state is", async (name, character) => {
    using there = clone(name);
    const { code, stderr } = await there.run({ OPENCLAW_LOCAL: "/tmp" });
    expect({ code, calls: there.calls() }).toEqual({ code: 1, calls: [] });
    expect(stderr).toContain(`must not have ${character} in its name. Move the clone to another folder.`);
  });

  test.each(["中文", "a#b", "per%20cent", "-dash", "~a@b+c", "Überfälle", "हिन्दी", "🦀"])(
    "%j works",
    async (name) => {
      using there = clone(name);
      expect(await there.run()).toMatchObject({ code: 0, stdout: "check,it\n" });
    },
  );
});
