import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { UsageError, UserError } from "../../lib/terminal/errors.ts";
import * as bench from "../../ops/commands/bench.ts";
import * as orphans from "../../ops/commands/orphans.ts";
import * as plugins from "../../ops/commands/plugins.ts";
import * as renewRoots from "../../ops/commands/renewRoots.ts";
import * as states from "../../ops/commands/states.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

const usesEngine = vi.hoisted(() => vi.fn());
vi.mock("../../embedded/engine/index.ts", async (original) => ({
  ...(await original<typeof import("../../embedded/engine/index.ts")>()),
  planEngine: usesEngine,
}));
const fetches = vi.hoisted(() => vi.fn());
vi.mock("../../embedded/engine/bundle.ts", () => ({ bundle: fetches }));

const commands = { bench, plugins, states };

afterEach(() => {
  expect(usesEngine).not.toHaveBeenCalled();
  expect(fetches).not.toHaveBeenCalled();
});

test.each([
  ["plugins", ["--out", ""], "--out: a folder is required"],
  ["plugins", ["--out", "x", "--json"], "--check and --json are for the list"],
  ["plugins", ["--out", "x", "--os", "plan9"], "--os plan9"],
  ["plugins", ["--os", "linux"], "--os and --arch are for --out"],
  ["plugins", ["--all", "--stack", "dev"], "exclude each other"],
  ["states", [], "--out is required"],
  ["states", ["--out", ""], "--out: a folder is required"],
  ["bench", ["--engine", "fast"], "must be official or stand-in or both"],
  ["bench", ["--engine", "both", "--nodes", "real"], "must be official or stand-in"],
  ["bench", ["--runs", "0"], "a whole number from 1"],
] as const)(
  "%s %j is wrong usage, said before anything is fetched or built",
  async (command, argv, message) => {
    const { main } = commands[command];
    const said = expect.objectContaining({ message: expect.stringContaining(message) });
    await expect(main([...argv])).rejects.toThrow(UsageError);
    await expect(main([...argv])).rejects.toEqual(said);
  },
);

test.each(["plugins", "states"] as const)("%s takes no file for the folder of --out", async (command) => {
  const { main } = commands[command];
  using folder = temporaryFolder();
  const file = join(folder.path, "file");
  await writeFile(file, "");
  await expect(main(["--out", file])).rejects.toThrow("this is a file");
});

test("states makes no folder for an engine that there is none of", async () => {
  using folder = temporaryFolder();
  const out = join(folder.path, "states");
  await expect(states.main(["--out", out, "--engine", "fast"])).rejects.toThrow(UsageError);
  expect(existsSync(out)).toBe(false);
});

test("a stack without settings is not sent to an option that orphans does not have", async () => {
  await expect(orphans.main(["--stack", "nowhere"])).rejects.toThrow(/tke-platform\.$/);
});

test("renew-roots starts no cluster for a stack that was never brought up", async () => {
  await expect(renewRoots.main(["--context", "never-brought-up"])).rejects.toThrow(UserError);
  await expect(renewRoots.main(["--context", "never-brought-up"])).rejects.toThrow(/^Nothing is up/);
});
