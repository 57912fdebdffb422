import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { delimiter, join, relative } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { embeddedContext, kubectlFolder } from "../../embedded/cluster/index.ts";
import { overridesVariable } from "../../embedded/engine/mirror.ts";
import { localStorageClass } from "../../embedded/node/objects.ts";
import { writeNodeRecord } from "../../embedded/node/record.ts";
import { repository } from "../../lib/system/paths.ts";
import { isAlive } from "../../lib/system/process.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { killLockOwners, removeStaleLocks } from "../../ops/stack/locks.ts";
import { forgetPendingOperations } from "../../ops/stack/pendingOperations.ts";
import { openStack } from "../../ops/stack/session.ts";
import {
  pathFolders,
  prepareStack,
  runMark,
  runVariable,
  settingsCopyFile,
  stackEnvironment,
  stateFile,
  stateFolder,
} from "../../ops/stack/stack.ts";
import type { Target } from "../../ops/stack/target.ts";
import { orphans } from "../fixtures/orphan.ts";
import { temporaryFolder } from "../fixtures/tenant.ts";

/** A stack with a state file of its own, and a `pulumi` that writes down how it is called and does what it is told. */
function localStack({ pulumi = "", ...more }: Partial<Target> & { readonly pulumi?: string } = {}) {
  const home = temporaryFolder({
    "bin/pulumi": `#!/bin/sh\necho "$@" >> "$(dirname "$0")/../calls"\n${pulumi}\n`,
  });
  const cli = join(home.path, "bin/pulumi");
  chmodSync(cli, 0o755);
  const folder = join(home.path, "stacks");
  const target: Target = { kind: "local", stack: "dev", home: home.path, folder, ...more };
  const write = (file: string, text: string) => home.write(relative(home.path, file), text);
  return {
    target,
    engine: { kind: "stand-in", cli, pulumiHome: "/none", path: ["/engine"], description: "" } as const,
    calls: () => {
      const file = join(home.path, "calls");
      return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    },
    writeState: (of: Target, state: object) => write(stateFile(of), JSON.stringify(state)),
    writeLock: (name: string, lock: object | string) => {
      const file = join(stateFolder(target), ".pulumi/locks/organization/openclaw", name);
      write(file, typeof lock === "string" ? lock : JSON.stringify(lock));
      return file;
    },
    copy: () => parse(readFileSync(settingsCopyFile(target), "utf8")).config,
    [Symbol.dispose]: home[Symbol.dispose],
  };
}

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

/** A process that waits until it is killed. */
function waiting(): number {
  const child = spawn("sleep", ["600"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  return child.pid ?? 0;
}

/** More than the kernel gives out. */
const nobody = 2 ** 30;

afterEach(() => vi.unstubAllEnvs());

describe("locks", () => {
  test("of processes of this host that are gone are removed, and those alone", async () => {
    using stack = localStack();
    expect(await removeStaleLocks(stack.target)).toEqual([]);
    const stale = stack.writeLock("dev/a.json", { pid: nobody, hostname: hostname() });
    const kept = [
      stack.writeLock("dev/b.json", { pid: process.pid, hostname: hostname() }),
      stack.writeLock("dev/c.json", { pid: nobody, hostname: "elsewhere" }),
      stack.writeLock("dev/d.json", "half a fi"),
      stack.writeLock("dev/e.json.tmp", JSON.stringify({ pid: nobody, hostname: hostname() })),
    ];
    expect(await removeStaleLocks(stack.target)).toEqual([nobody]);
    expect(existsSync(stale)).toBe(false);
    expect(kept.filter((file) => !existsSync(file))).toEqual([]);
  });

  test("that processes of this host hold end with them", async () => {
    using stack = localStack();
    const [owner, stranger] = [waiting(), waiting()];
    stack.writeLock("dev/a.json", { pid: owner, hostname: hostname() });
    stack.writeLock("dev/b.json", { pid: stranger, hostname: "elsewhere" });
    stack.writeLock("dev/c.json", { pid: nobody, hostname: hostname() });
    await killLockOwners(stack.target);
    await vi.waitFor(() => expect(isAlive(owner)).toBe(false));
    expect(isAlive(stranger)).toBe(true);
  });
});

describe("operations that a killed engine never saw end", () => {
  const state = (...operations: readonly object[]) => ({
    checkpoint: { latest: { pending_operations: operations } },
  });

  test("are forgotten by an import of what the engine exports", async () => {
    using stack = localStack({
      pulumi: `case "$2" in export) echo "the state";; import) cat > "$(dirname "$0")/imported";; esac`,
    });
    stack.writeState(stack.target, state({}, {}));
    expect(await forgetPendingOperations(stack.target, stack.engine)).toBe(2);
    expect(stack.calls()).toEqual([
      "stack export --stack dev --non-interactive",
      "stack import --stack dev --non-interactive",
    ]);
    expect(readFileSync(join(stack.target.home, "bin/imported"), "utf8")).toBe("the state\n");
  });

  test.each([
    ["no state", undefined],
    ["a state without any", state()],
    ["a state that does not speak of them", { checkpoint: { latest: {} } }],
    ["a state of a stack that was never updated", { checkpoint: {} }],
    ["half a state", {}],
  ])("are none in %s, and no engine runs", async (_, written) => {
    using stack = localStack();
    if (written !== undefined) {
      stack.writeState(stack.target, written);
    }
    expect(await forgetPendingOperations(stack.target, stack.engine)).toBe(0);
    expect(stack.calls()).toEqual([]);
  });

  test("that cannot be forgotten are an error with the engine's own words", async () => {
    using stack = localStack({ pulumi: 'echo "  no such key " >&2; exit 3' });
    stack.writeState(stack.target, state({}));
    await expect(forgetPendingOperations(stack.target, stack.engine)).rejects.toThrow(
      /^pulumi stack export dev failed: no such key$/,
    );
  });
});

describe("a stack that is prepared", () => {
  test("is made once, from a folder that is not the repository, with files for its owner's eyes alone", async () => {
    using stack = localStack({ pulumi: 'ls "$6" > "$(dirname "$0")/beside"' });
    const { target, engine } = stack;
    await prepareStack(target, engine);
    expect(stack.calls()).toEqual([expect.stringMatching(/^stack init dev --non-interactive --cwd \/\S+$/)]);
    expect(stack.calls()[0]).not.toContain(repository);
    expect(readFileSync(join(target.home, "bin/beside"), "utf8")).toBe("Pulumi.yaml\n");
    expect([target.folder, stateFolder(target)].map(modeOf)).toEqual(["700", "700"]);
    expect(modeOf(settingsCopyFile(target))).toBe("600");
    stack.writeState(target, {});
    await prepareStack(target, engine);
    expect(stack.calls()).toHaveLength(1);
  });

  test("that cannot be made is an error with the engine's own words, and leaves no folder", async () => {
    using stack = localStack({
      pulumi: 'echo "$6" > "$(dirname "$0")/folder"; echo " not now " >&2; exit 1',
    });
    await expect(prepareStack(stack.target, stack.engine)).rejects.toThrow(
      /^pulumi stack init dev failed: not now$/,
    );
    expect(existsSync(readFileSync(join(stack.target.home, "bin/folder"), "utf8").trim())).toBe(false);
  });

  test("of the user's own backend is left to it, and to its committed settings", async () => {
    using stack = localStack({ kind: "own", stack: "ack-cell-01" });
    await prepareStack(stack.target, stack.engine);
    expect(stack.calls()).toEqual([]);
    expect(readdirSync(stack.target.folder)).toEqual([]);
    expect(stackEnvironment(stack.target, stack.engine)).not.toHaveProperty("PULUMI_OPTION_CONFIG_FILE");
  });

  test.each([{ tenants: "/some/tenants" }, { context: "mine" }])(
    "of the user's own backend has a copy of its settings where the command line says otherwise: %o",
    async (more) => {
      using stack = localStack({ kind: "own", stack: "ack-cell-01", ...more });
      await prepareStack(stack.target, stack.engine);
      expect(stackEnvironment(stack.target, stack.engine)).toMatchObject({
        PULUMI_OPTION_CONFIG_FILE: settingsCopyFile(stack.target),
      });
      const { "openclaw:tenants": tenants, "openclaw:cluster": cluster = {} } = stack.copy();
      expect({ tenants, context: cluster.context }).toMatchObject(more);
      expect(cluster.name).toBeUndefined();
    },
  );

  test("on the embedded cluster beside dev needs dev, which owns the platform", async () => {
    using stack = localStack({ kind: "embedded", stack: "trial" });
    const { target, engine } = stack;
    await expect(prepareStack(target, engine)).rejects.toThrow("The stack dev owns the platform");
    expect(existsSync(target.folder)).toBe(false);
    stack.writeState({ ...target, stack: "dev" }, {});
    await prepareStack(target, engine);
    expect(stack.copy()).toMatchObject({
      "openclaw:platform": { stack: "organization/openclaw/dev" },
      "openclaw:cluster": { kind: "existing", context: embeddedContext, name: embeddedContext },
    });
  });

  test("on the embedded cluster's real node runs that node's images", async () => {
    using stack = localStack({ kind: "embedded", tenants: "/some/tenants" });
    await writeNodeRecord(stack.target.home, { slot: 1, image: "registry.local/openclaw:1" });
    await prepareStack(stack.target, stack.engine);
    expect(stack.copy()).toMatchObject({
      "openclaw:tenants": "/some/tenants",
      "openclaw:instance": { image: "registry.local/openclaw:1", storageClass: localStorageClass },
    });
    expect(stack.copy()["openclaw:services"].images).toEqual({});
    const serviceImages = { cache: "registry.local/cache:1" };
    await writeNodeRecord(stack.target.home, { slot: 1, image: "registry.local/openclaw:1", serviceImages });
    await prepareStack(stack.target, stack.engine);
    expect(stack.copy()).toMatchObject({ "openclaw:services": { images: serviceImages } });
  });

  test("on a cluster of the user's is known there by its context's name", async () => {
    using stack = localStack({ context: "Mine@Home", tenants: "/some/tenants" });
    await prepareStack(stack.target, stack.engine);
    expect(stack.copy()).toMatchObject({
      "openclaw:tenants": "/some/tenants",
      "openclaw:cluster": { kind: "existing", context: "Mine@Home", name: "mine-home" },
    });
  });
});

describe("what runs on a stack", () => {
  test("finds the engine first, then the project's node, and kubectl where the cluster is the embedded one", () => {
    using stack = localStack();
    const folders = ["/engine", join(repository, "node_modules/.bin")];
    expect(pathFolders(stack.target, stack.engine)).toEqual(folders);
    const embedded = { ...stack.target, kind: "embedded" } as const;
    expect(pathFolders(embedded, stack.engine)).toEqual([...folders, kubectlFolder()]);
    vi.stubEnv("PATH", "/usr/bin");
    expect(stackEnvironment(stack.target, stack.engine).PATH).toBe([...folders, "/usr/bin"].join(delimiter));
  });

  test("has the kubeconfig of the embedded cluster there, and its user's elsewhere", () => {
    using stack = localStack();
    vi.stubEnv("KUBECONFIG", "/home/me/config");
    const kubeconfigOf = (kind: Target["kind"]) =>
      stackEnvironment({ ...stack.target, kind }, stack.engine).KUBECONFIG;
    expect(kubeconfigOf("embedded")).toBe(join(stack.target.home, "kubeconfig"));
    expect(kubeconfigOf("local")).toBe("/home/me/config");
    expect(kubeconfigOf("own")).toBe("/home/me/config");
  });

  test("is logged in where its user is, in the user's own backend", () => {
    using stack = localStack({ kind: "own", stack: "ack-cell-01" });
    vi.stubEnv("PULUMI_CREDENTIALS_PATH", "/elsewhere");
    const path = () => stackEnvironment(stack.target, stack.engine).PULUMI_CREDENTIALS_PATH;
    expect(path()).toBe("/elsewhere");
    vi.stubEnv("PULUMI_CREDENTIALS_PATH", "");
    expect(path()).toMatch(/\.pulumi$/);
  });

  test("keeps what its user says of memory and caches", () => {
    using stack = localStack();
    const variables = () => stackEnvironment(stack.target, stack.engine);
    vi.stubEnv("GOGC", undefined);
    vi.stubEnv("NODE_COMPILE_CACHE", undefined);
    expect(variables()).toMatchObject({
      GOGC: "400",
      NODE_COMPILE_CACHE: expect.stringMatching(/compiled$/),
    });
    vi.stubEnv("GOGC", "50");
    vi.stubEnv("NODE_COMPILE_CACHE", "/mine");
    expect(variables()).toMatchObject({ GOGC: "50", NODE_COMPILE_CACHE: "/mine" });
  });

  test("carries a mark that is its stack's alone", () => {
    using stack = localStack();
    const marks = [
      stack.target,
      { ...stack.target, stack: "other" },
      { ...stack.target, folder: "/other" },
    ].map(runMark);
    expect(new Set(marks).size).toBe(3);
    expect(stackEnvironment(stack.target, stack.engine)[runVariable]).toBe(marks[0]);
  });

  test("takes plugins from the mirror that the user names", () => {
    using stack = localStack();
    expect(stackEnvironment(stack.target, stack.engine)[overridesVariable]).toBe(
      process.env[overridesVariable],
    );
    vi.stubEnv("OPENCLAW_PULUMI_MIRROR", "https://mirror.example/pulumi");
    expect(stackEnvironment(stack.target, stack.engine)[overridesVariable]).toContain(
      "https://mirror.example/pulumi",
    );
  });
});

test("what a killed run has left is put right before the next one, a line for each", async () => {
  using stack = localStack();
  const { target, engine } = stack;
  stack.writeState(target, { checkpoint: { latest: { pending_operations: [{}] } } });
  stack.writeLock("dev/a.json", { pid: nobody, hostname: hostname() });
  using left = await orphans(["pulumi-resource-test"], { [runVariable]: runMark(target) });
  const said: string[] = [];
  const progress = { ...silentProgress, say: (line: string) => void said.push(line) };
  await openStack(target, engine, progress);
  expect(said).toEqual([
    `stack: of a run that was killed pulumi-resource-test (${left.pids[0]}) still ran; ended`,
    `stack: process ${nobody} had locked it and is gone; its lock is removed`,
    "stack: a run was killed with 1 operation begun; this one does them again",
  ]);
  said.length = 0;
  stack.writeState(target, { checkpoint: {} });
  await openStack(target, engine, progress);
  expect(said).toEqual([]);
});

test("a stack in the user's own backend is not put right by these commands: it is locked for everybody", async () => {
  using stack = localStack({ kind: "own", stack: "ack-cell-01" });
  stack.writeState(stack.target, { checkpoint: { latest: { pending_operations: [{}] } } });
  const lock = stack.writeLock("dev/a.json", { pid: nobody, hostname: hostname() });
  await openStack(stack.target, stack.engine, silentProgress);
  expect(existsSync(lock)).toBe(true);
  expect(stack.calls()).toEqual([]);
});
