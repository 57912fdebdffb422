import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureEngine, planEngine } from "../../embedded/engine/index.ts";
import { pluginsOnCluster } from "../../embedded/engine/parts.ts";
import { silentProgress } from "../../lib/terminal/progress.ts";
import { main as shell } from "../../ops/commands/shell.ts";
import { engineFor } from "../../ops/stack/session.ts";
import { stackVariables } from "../../ops/stack/stack.ts";
import { type Target, targetOf } from "../../ops/stack/target.ts";
import { bareMachine, pulumiHome } from "../fixtures/pulumiHome.ts";

let machine: ReturnType<typeof bareMachine>;
beforeEach(() => {
  machine = bareMachine();
});
afterEach(() => machine[Symbol.dispose]());

const target: Target = { kind: "own", stack: "ack-cell-01", home: "/none", folder: "/none" };
const terraform = `dynamic_tf_plugins/registry.opentofu.org/tencentcloudstack/tencentcloud/1.83.25/${process.platform}_${
  process.arch === "x64" ? "amd64" : process.arch
}/terraform-provider-tencentcloud_v1.83.25`;

const planOf = (stack: string) =>
  planEngine({ ...engineFor({ kind: "own", stack }), progress: silentProgress });

test("a stack in the user's own backend is refused without official parts, before anything is made", async () => {
  machine.home.addCli();
  machine.home.addPlugin("random");
  const refusal = planOf("some-cell");
  await expect(refusal).rejects.toThrow(
    /^The stack some-cell is in your own backend, which takes the official engine, but this cannot be had: kubernetes plugin \d+\.\d+\.\d+\.\n/,
  );
  await expect(refusal).rejects.toThrow(`in ${machine.home.path}, in ${machine.cache.path}/official/`);
  for (const way of ["OPENCLAW_PULUMI_MIRROR=https", "npm run plugins -- --out", "--engine stand-in"]) {
    await expect(refusal).rejects.toThrow(way);
  }
  expect(readdirSync(machine.cache.path)).toEqual([]);
});

test("the same stack runs on stand-ins if they are typed, and by no variable", () => {
  expect(engineFor({ kind: "own", stack: "some-cell", engine: "stand-in" }).choice).toBe("stand-in");
  const values = { stack: "ack-cell-01", embedded: false };
  vi.stubEnv("OPENCLAW_ENGINE", "stand-in");
  expect(targetOf(values).engine).toBeUndefined();
  expect(targetOf({ ...values, engine: "stand-in" }).engine).toBe("stand-in");
  expect(targetOf({ stack: "dev", embedded: false }).engine).toBe("stand-in");
  vi.stubEnv("OPENCLAW_ENGINE", "official");
  expect(targetOf(values).engine).toBe("official");
});

test("the exports for a shell are refused in the same way", async () => {
  await expect(shell(["--stack", "ack-cell-01"])).rejects.toThrow(
    "takes the official engine, but this cannot",
  );
  expect(readdirSync(machine.cache.path)).toEqual([]);
});

test("no way out is named that a stack on a cloud does not have", async () => {
  const refusal = await planOf("ack-platform").catch((error: Error) => error.message);
  expect(refusal).toContain("alicloud plugin 3.");
  expect(refusal).not.toContain("stand-in");
});

test.each([
  [undefined, ["kubernetes", "random"]],
  ["existing", ["kubernetes", "random"]],
  ["ack", ["kubernetes", "random", "alicloud"]],
  ["tke", ["kubernetes", "random", "terraform-provider"]],
])("a stack on a cluster of kind %s needs the plugins %j", (kind, plugins) => {
  expect(pluginsOnCluster(kind)).toEqual(plugins);
});

test("every plugin that a stack needs is found in the user's Pulumi home and linked into the engine's", async () => {
  machine.home.addCli();
  for (const name of pluginsOnCluster("ack")) {
    machine.home.addPlugin(name);
  }
  const engine = await ensureEngine({ ...engineFor(target), progress: silentProgress });
  expect(engine.kind).toBe("official");
  const plugins = join(engine.pulumiHome, "plugins");
  expect(
    readdirSync(plugins)
      .map((name) => name.replace(/-v.*/, ""))
      .toSorted(),
  ).toEqual(["resource-alicloud", "resource-kubernetes", "resource-random"]);
  expect(engine.description).toContain("alicloud 3.");
});

test("a plugin of a cloud is not linked for a stack that does not use it", async () => {
  machine.home.addCli();
  for (const name of pluginsOnCluster("ack")) {
    machine.home.addPlugin(name);
  }
  const demands = engineFor({ kind: "own", stack: "some-cell" });
  const engine = await ensureEngine({ ...demands, progress: silentProgress });
  expect(existsSync(join(engine.pulumiHome, "plugins", "resource-alicloud-v3.108.0"))).toBe(false);
});

test("a folder of the name of the CLI is not taken for it", async () => {
  machine.home.addProgram("bin/pulumi/README");
  await expect(planOf("some-cell")).rejects.toThrow("cannot be had: pulumi 3.259.0");
});

test("a CLI that has its language host beside it goes before one on PATH that has none", async () => {
  using alone = pulumiHome();
  alone.addCli();
  rmSync(join(alone.path, "bin", "pulumi-language-nodejs"));
  vi.stubEnv("PATH", `${alone.path}/bin:/usr/bin:/bin`);
  machine.home.addCli();
  for (const name of pluginsOnCluster(undefined)) {
    machine.home.addPlugin(name);
  }
  const demands = engineFor({ kind: "own", stack: "some-cell" });
  const engine = await ensureEngine({ ...demands, progress: silentProgress });
  expect(engine.path).toEqual([join(machine.home.path, "bin")]);
});

test("an older version that a state may still name comes along", async () => {
  machine.home.addCli();
  for (const name of pluginsOnCluster(undefined)) {
    machine.home.addPlugin(name);
  }
  machine.home.addPlugin("kubernetes", "4.30.0");
  machine.home.addPlugin("random", "4.10.0");
  machine.home.addProgram("plugins/resource-random-v4.10.0.partial");
  const demands = engineFor({ kind: "own", stack: "some-cell" });
  const engine = await ensureEngine({ ...demands, progress: silentProgress });
  const names = readdirSync(join(engine.pulumiHome, "plugins"));
  expect(names).toContain("resource-kubernetes-v4.30.0");
  expect(names).not.toContain("resource-random-v4.10.0");
});

test("a stack on TKE takes the Terraform provider from the bridge's cache in the user's Pulumi home", async () => {
  machine.home.addCli();
  for (const name of pluginsOnCluster("tke")) {
    machine.home.addPlugin(name);
  }
  await expect(planOf("tke-cell-01")).rejects.toThrow("cannot be had: tencentcloud provider 1.83.25.");
  machine.home.addProgram(terraform);
  const engine = await ensureEngine({
    ...engineFor({ kind: "own", stack: "tke-cell-01" }),
    progress: silentProgress,
  });
  expect(stackVariables(target, engine)).toMatchObject({
    PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR: join(machine.home.path, "dynamic_tf_plugins"),
  });
});

test("the engine fetches nothing by itself, official or not, unless the user says so", async () => {
  machine.home.addCli();
  for (const name of pluginsOnCluster("ack")) {
    machine.home.addPlugin(name);
  }
  const engine = await ensureEngine({ ...engineFor(target), progress: silentProgress });
  const acquisition = () => stackVariables(target, engine).PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION;
  expect(acquisition()).toBe("true");
  vi.stubEnv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "false");
  expect(acquisition()).toBe("false");
});
