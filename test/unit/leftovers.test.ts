import { expect, test } from "vitest";
import { isAlive } from "../../lib/system/process.ts";
import { endLeftovers, leftovers } from "../../ops/stack/leftovers.ts";
import { runMark, runVariable } from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";
import { orphans } from "../fixtures/orphan.ts";

const pidsOf = (...processes: [pid: number, parent: number, command: string][]): number[] =>
  leftovers(processes.map(([pid, parent, command]) => ({ pid, parent, command }))).map(({ pid }) => pid);

const program =
  "/p/node_modules/.bin/node /p/node_modules/@pulumi/pulumi/cmd/run/index.js --stack dev index.ts";

test("of a run whose engine is gone everything is left over: plugins, language host, program", () => {
  const pids = pidsOf(
    [11, 1, "/home/plugins/resource-random-v4/pulumi-resource-random 127.0.0.1:4"],
    [12, 1, "/home/bin/pulumi-language-nodejs 127.0.0.1:4"],
    [13, 12, program],
    [14, 13, "/usr/bin/esbuild --service"],
    [15, 1, "/p/node_modules/.bin/node /p/node_modules/@pulumi/pulumi/cmd/run-policy-pack/index.js"],
  );
  expect(pids).toEqual([11, 12, 15, 13, 14]);
});

test("a run whose engine lives is left alone", () => {
  const pids = pidsOf(
    [10, 9, "/home/bin/pulumi preview --stack dev"],
    [11, 10, "/home/plugins/resource-random-v4/pulumi-resource-random 127.0.0.1:4"],
    [12, 10, "/home/bin/pulumi-language-nodejs 127.0.0.1:4"],
    [13, 12, program],
  );
  expect(pids).toEqual([]);
});

test("a run whose engine lives and hides its environment is left alone", () => {
  const plugin = { pid: 11, parent: 10, command: "/home/plugins/resource-random-v4/pulumi-resource-random" };
  const init = { pid: 1, command: "/sbin/init" };
  expect(leftovers([plugin], [init, { pid: 10, command: "/opt/pulumi/pulumi up --stack dev" }])).toEqual([]);
  expect(leftovers([plugin], [init])).toEqual([plugin]);
});

test("a shell of the user's that has the variables, and what runs in it, is left alone", () => {
  expect(pidsOf([10, 9, "-bash"], [11, 10, "vim index.ts"], [12, 1, "node server.js"])).toEqual([]);
});

const targetIn = (folder: string): Target => ({ kind: "embedded", stack: "dev", home: folder, folder });

test("what a killed run of the stack has left is ended, and nothing of another stack or without the mark", async () => {
  const target = targetIn("/none/this");
  const mark = (of: Target) => ({ [runVariable]: runMark(of) });
  using plugins = await orphans(["pulumi-resource-test", "pulumi-language-test"], mark(target));
  using others = await orphans(["pulumi-resource-test"], mark({ ...target, stack: "other" }));
  using elsewhere = await orphans(["pulumi-resource-test"], mark(targetIn("/none/that")));
  using unmarked = await orphans(["pulumi-resource-test"], {});
  using shell = await orphans(["some-editor"], mark(target));
  const ended = await endLeftovers(target);
  expect(ended.toSorted()).toEqual(
    [`pulumi-resource-test (${plugins.pids[0]})`, `pulumi-language-test (${plugins.pids[1]})`].toSorted(),
  );
  expect(plugins.pids.filter(isAlive)).toEqual([]);
  for (const { pids } of [others, elsewhere, unmarked, shell]) {
    expect(pids.map(isAlive)).toEqual([true]);
  }
  expect(await endLeftovers(target)).toEqual([]);
});
