import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../embedded/engine/index.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import {
  isOfFormerStandIn,
  type RecordedResource,
  refreshedArguments,
} from "../../ops/stack/formerStandIn.ts";
import { stateFile } from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";

const states = join(import.meta.dirname, "..", "upgrade", "states");

const recorded = (name: string): readonly RecordedResource[] =>
  JSON.parse(gunzipSync(readFileSync(join(states, `${name}.json.gz`))).toString()).deployment.resources;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openclaw-former-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const target = (kind: Target["kind"]): Target => ({ kind, stack: "dev", home: folder, folder });

function engine(kubernetes: Engine["kubernetes"], cli = "/nowhere/pulumi"): Engine {
  return {
    cli,
    path: [],
    pulumiHome: folder,
    kind: "stand-in",
    ...(kubernetes === undefined ? {} : { kubernetes }),
    description: "",
  };
}

/** The arguments that Pulumi gets. */
async function refreshed(
  kind: Target["kind"],
  parts: Engine,
  args: readonly string[] = ["up"],
  progress = silentProgress,
): Promise<string> {
  return (await refreshedArguments(target(kind), parts, args, progress)).join(" ");
}

/** Puts a state where the local backend has it. */
function writeState(resources: readonly RecordedResource[]): void {
  const file = stateFile(target("embedded"));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }));
}

test("a state of a former stand-in is told by its outputs, one of official plugins is none", () => {
  expect(isOfFormerStandIn(recorded("stand-in-0base"))).toBe(true);
  expect(isOfFormerStandIn(recorded("official-0base"))).toBe(false);
});

test("one object that a former stand-in wrote after an official update is enough", () => {
  const isService = ({ type }: RecordedResource) => type === "kubernetes:core/v1:Service";
  const former = recorded("stand-in-0base").filter(isService).slice(0, 1);
  expect(former).toHaveLength(1);
  expect(isOfFormerStandIn([...recorded("official-0base"), ...former])).toBe(true);
});

test("components and objects without outputs say nothing", () => {
  const component = { type: "kubernetes:yaml:ConfigGroup", outputs: {} };
  const unfinished = { type: "kubernetes:core/v1:Secret", custom: true };
  expect(isOfFormerStandIn([component, unfinished])).toBe(false);
});

test("the official kubernetes plugin refreshes such a stack first, and a line says so", async () => {
  writeState(recorded("stand-in-0base"));
  const said: string[] = [];
  const progress = { ...silentProgress, say: (line: string) => said.push(line) };
  expect(await refreshed("embedded", engine("official"), ["up", "--yes"], progress)).toBe(
    "up --refresh --yes",
  );
  expect(await refreshed("embedded", engine("official"), ["preview"], progress)).toBe("preview --refresh");
  const line = "dev: last written by a stand-in that official plugins cannot go on from; refreshing first";
  expect(said).toEqual([line, line]);
});

test("what compares nothing is left alone", async () => {
  writeState(recorded("stand-in-0base"));
  for (const command of ["destroy", "refresh", "stack"]) {
    expect(await refreshed("embedded", engine("official"), [command, "x"])).toBe(`${command} x`);
  }
});

test.each([
  ["a stand-in goes on without", "stand-in", "stand-in-0base"],
  ["an engine of the CLI alone too", undefined, "stand-in-0base"],
  ["so does the official plugin with its own state", "official", "official-0base"],
] as const)("%s", async (_, kubernetes, name) => {
  writeState(recorded(name));
  expect(await refreshed("embedded", engine(kubernetes))).toBe("up");
});

test("a stack that is not there yet needs none", async () => {
  expect(await refreshed("embedded", engine("official"))).toBe("up");
});

test("the state of a stack on the user's own backend is asked for, without its secrets", async () => {
  const cli = join(folder, "pulumi");
  const state = join(folder, "exported.json");
  writeFileSync(state, JSON.stringify({ deployment: { resources: recorded("stand-in-0base") } }));
  writeFileSync(cli, `#!/bin/sh\necho "$*" > ${folder}/asked\ncat ${state}\n`);
  chmodSync(cli, 0o700);
  expect(await refreshed("own", engine("official", cli))).toBe("up --refresh");
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe("stack export --stack dev --non-interactive\n");
});
