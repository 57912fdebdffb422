import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isReachable } from "../../embedded/binaries/reachable.ts";
import { embeddedContext, kubectlFolder, removeCluster } from "../../embedded/cluster/index.ts";
import { clusterProcesses } from "../../embedded/cluster/processes.ts";
import { findCli, findPlugin } from "../../embedded/engine/find.ts";
import { pluginNames } from "../../embedded/versions.ts";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { stateFile } from "../../ops/stack/stack.ts";
import { targetOf } from "../../ops/stack/target.ts";
import { temporaryFolder, tenantYaml } from "../fixtures/tenant.ts";

/**
 * The commands as people and scripts run them, on a home and a cluster of their own. The tests build on each other,
 * in this order: from nothing to nothing.
 */
let home: string;
const trial = temporaryFolder({ "trial.yaml": tenantYaml({ plan: "pro" }) });
const visitor = temporaryFolder({ "visitor.yaml": tenantYaml({ plan: "pro" }) });

beforeAll(async () => {
  home = join(await mkdtemp(join(tmpdir(), "openclaw-commands-")), "home");
});
afterAll(async () => {
  await removeCluster(home);
  await rm(join(home, ".."), { recursive: true, force: true });
  trial[Symbol.dispose]();
  visitor[Symbol.dispose]();
});

/** `npm run <command> -- …`, without npm. */
function npmRun(command: string, ...args: string[]): Promise<RunResult> {
  return run(process.execPath, [join(repository, "ops", "main.ts"), command, ...args], {
    cwd: repository,
    env: { ...process.env, OPENCLAW_LOCAL: home, ...variables },
    timeout: 120_000,
  });
}
/** More of the environment, for every command from then on. */
const variables: NodeJS.ProcessEnv = {};

/** Runs a command that must succeed, and gives what it prints. */
async function succeed(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await npmRun(command, ...args);
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

const sampleTenants = ["acme", "bluebird", "corvus", "dormant"];
/** What its file names instead of an address below the platform's domain. */
const ownHost = "https://assistant.corvus.example";
const onTrial = ["--stack", "trial", "--embedded", "--tenants", trial.path];

interface Row {
  readonly id: string;
}
const statusOf = async (...args: string[]): Promise<{ tenants: Row[] }> =>
  JSON.parse(await succeed("status", "--json", ...args));

test("status says that nothing is up, and what brings it up", async () => {
  const { code, stdout, stderr } = await npmRun("status", "--json");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: Nothing is up\. `npm run up`/);
});

test("another stack on the embedded cluster wants dev first, which owns the platform", async () => {
  const { code, stderr } = await npmRun("preview", ...onTrial);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: The stack dev owns the platform .*`npm run up` first/m);
});

test("up from nothing brings the sample tenants up, and prints them and what to type next", async () => {
  const stdout = await succeed("up");
  expect(stdout).toMatch(/^TENANT +PLAN +STATE +READY +BACKUP +CNY\/MONTH +URL$/m);
  expect(stdout).toMatch(/^acme +pro +active +yes +- +[\d,.]+ +https:\/\/acme\.openclaw\.localhost$/m);
  expect(stdout).toMatch(/^dormant +basic +suspended +- /m);
  expect(stdout).toMatch(/^next: npm run status/m);
});

test("preview of another stack and folder on the embedded cluster shows that folder's tenants only", async () => {
  const stdout = await succeed("preview", ...onTrial, "--", "--diff");
  expect(stdout).toMatch(/name +: "tenant-trial"/);
  expect(stdout).not.toMatch(/name +: "tenant-acme"/);
  expect(stdout).toMatch(/\d+ to create/);
  expect(stdout).not.toMatch(/warning:/);
  const { code, stderr } = await npmRun("status", ...onTrial);
  expect(code).toBe(1);
  expect(stderr).toMatch(/npm run up -- --stack trial --embedded/);
});

test("up of it puts its tenants beside dev's", async () => {
  expect(await succeed("up", ...onTrial)).toMatch(/^trial +pro +active +yes /m);
  expect((await statusOf()).tenants.map(({ id }) => id)).toEqual(sampleTenants);
});

test("up again changes nothing", async () => {
  const stdout = await succeed("up", "--", "--expect-no-changes");
  expect(stdout).toMatch(/^TENANT /m);
  expect(stdout).not.toMatch(/\d+ (created|updated|deleted|replaced)/);
});

/** A proxy that does not answer. */
const nobody = "http://127.0.0.1:9";

test("a proxy in the environment gets nothing of what the engine and its program say to each other", async () => {
  const names = ["http_proxy", "https_proxy", "grpc_proxy", "all_proxy"];
  Object.assign(variables, Object.fromEntries(names.map((name) => [name, nobody])));
  try {
    expect(await succeed("preview", "--", "--expect-no-changes")).toMatch(/\d+ unchanged/);
  } finally {
    for (const name of names) {
      delete variables[name];
    }
  }
});

test("status --json prints what scripts rely on, and nothing else", async () => {
  const { tenants } = await statusOf();
  expect(tenants.map(({ id }) => id)).toEqual(sampleTenants);
  for (const tenant of tenants) {
    expect(tenant).toEqual({
      id: expect.any(String),
      plan: expect.stringMatching(/^(basic|pro|enterprise)$/),
      state: expect.stringMatching(/^(active|suspended|offboarded)$/),
      url: tenant.id === "corvus" ? ownHost : `https://${tenant.id}.openclaw.localhost`,
      ready: tenant.id !== "dormant",
      monthlyCny: expect.any(Number),
      backupOverdue: false,
    });
  }
});

test("status prints the same as a table", async () => {
  const lines = (await succeed("status")).trim().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["TENANT", ...sampleTenants, "total"]);
});

test("preview after up shows nothing to do", async () => {
  const stdout = await succeed("preview", "--", "--json");
  const { changeSummary } = JSON.parse(stdout.slice(stdout.indexOf("{")));
  expect(Object.keys(changeSummary).filter((op) => op !== "read")).toEqual(["same"]);
});

test("the exports of shell make pulumi and kubectl by hand do the same", async () => {
  const exports = await succeed("shell");
  const script = `${exports}\npulumi preview --stack dev --non-interactive --expect-no-changes && kubectl get namespace tenant-acme --output=name`;
  const { code, stdout, stderr } = await run("sh", ["-ec", script], { cwd: repository, timeout: 120_000 });
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^namespace\/tenant-acme$/m);
});

test("a wrong file in the folder is reported before anything is asked of a cluster", async () => {
  using wrong = temporaryFolder({ "wrong.yaml": tenantYaml({ plan: "gold" }) });
  const { code, stdout, stderr } = await npmRun("up", "--tenants", wrong.path);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/wrong\.yaml:3:\d+ {2}plan/);
  expect(stderr).not.toMatch(/^engine:/m);
});

test("what follows -- goes to pulumi, and its exit code comes back", async () => {
  const { code, stdout, stderr } = await npmRun("preview", "--", "--no-such-option");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/unknown flag: --no-such-option/);
});

test.for([
  { args: ["up", "--stack", "nowhere"], code: 1, message: /There is no Pulumi\.nowhere\.yaml/ },
  { args: ["up", "--stack", "no/name"], code: 2, message: /--stack no\/name/ },
  { args: ["up", "--embedded", "--context", "x"], code: 2, message: /exclude each other/ },
  { args: ["preview", "--tenant", "x"], code: 2, message: /Unknown option '--tenant'/ },
  { args: ["status", "--engine", "none"], code: 2, message: /must be official or stand-in/ },
])("npm run $args is refused with the reason", async ({ args, code, message }) => {
  const [command = "", ...rest] = args;
  const result = await npmRun(command, ...rest);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(code);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});

test("--engine official is the official engine or a refusal that names what is missing", async ({ skip }) => {
  const parts = [await findCli(), ...(await Promise.all(pluginNames.map(findPlugin)))];
  const isInstalled = parts.every((part) => part !== undefined);
  if (!isInstalled && (await isReachable("https://get.pulumi.com/install.sh"))) {
    skip("the official engine is not here but could be downloaded, which takes minutes");
  }
  const { code, stdout, stderr } = await npmRun("preview", "--engine", "official");
  expect(code, stdout + stderr).toBe(isInstalled ? 0 : 1);
  expect(stderr).toMatch(
    isInstalled
      ? /^engine: official/m
      : /^error: The official engine was asked for, but .*kubernetes plugin/m,
  );
  expect(stderr).not.toMatch(/stand-in [a-z]/);
});

const context = "my-cluster";
const onContext = ["--context", context, "--tenants", visitor.path];

/** The embedded cluster as if it were the user's own: in another kubeconfig, by another name, kubectl on PATH. */
async function makeItTheUsers(): Promise<void> {
  const file = join(home, "..", "users-kubeconfig");
  const text = await readFile(join(home, "kubeconfig"), "utf8");
  await writeFile(file, text.replaceAll(embeddedContext, context), { mode: 0o600 });
  variables.KUBECONFIG = file;
  variables.PATH = [kubectlFolder(), process.env.PATH].join(delimiter);
}

const kubectl = (...args: string[]): Promise<RunResult> =>
  run(join(kubectlFolder(), "kubectl"), ["--kubeconfig", join(home, "kubeconfig"), ...args]);

test("--context works on a cluster of the user's kubeconfig, with a state of its own", async () => {
  await makeItTheUsers();
  const refused = await npmRun("up", ...onContext);
  expect(refused.code).toBe(1);
  expect(refused.stdout + refused.stderr).toMatch(/There already: the Namespace openclaw-services/);

  // The embedded stack makes room: a cluster has one platform.
  const { code, stderr } = await kubectl("delete", "namespace", "openclaw-edge", "openclaw-services");
  expect(code, stderr).toBe(0);

  const stdout = await succeed("up", ...onContext);
  expect(stdout).toMatch(/^visitor +pro +active +yes /m);
  expect(stdout).toMatch(/npm run down -- --context my-cluster/);
  expect((await statusOf(...onContext)).tenants).toMatchObject([{ id: "visitor", ready: true }]);
  expect((await statusOf()).tenants.map(({ id }) => id)).toEqual(sampleTenants);
});

/** The names of the random resources in the state of the stack on that cluster. */
async function randomNames(): Promise<string[]> {
  const target = targetOf({ stack: "dev", context, embedded: false }, home);
  const { checkpoint } = JSON.parse(await readFile(stateFile(target), "utf8"));
  const urns: string[] = checkpoint.latest.resources.map(({ urn }: { urn: string }) => urn);
  return urns
    .filter((urn) => urn.includes("random:index/"))
    .map((urn) => urn.split("::").at(-1) ?? urn)
    .toSorted();
}

test("down of such a cluster asks, and then stops at what is protected", async () => {
  const unasked = await npmRun("down", ...onContext);
  expect(unasked.code).toBe(1);
  expect(unasked.stderr).toMatch(/--yes answers it/);

  const { code, stdout, stderr } = await npmRun("down", ...onContext, "--yes");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/protect/);
  expect(stderr).toMatch(/state: offboarded/);
  const claim = await kubectl("get", "persistentvolumeclaim/openclaw-data", "--namespace=tenant-visitor");
  expect(claim.code, claim.stderr).toBe(0);
});

test("what is random survives a refused down: the next up makes no other credential or certificate", async () => {
  expect(await randomNames()).toEqual([
    "services-cache-admin-password",
    "services-database-admin-password",
    "services-object-store-admin-password",
    "services-tls-root",
    "state-identity",
    "visitor-backup-root",
    "visitor-credential-root",
  ]);
});

test("down ends the embedded cluster with every process and file, but for the state of other clusters", async () => {
  const folder = join(home, "cluster");
  expect((await clusterProcesses(folder)).length).toBeGreaterThanOrEqual(6);
  expect(await succeed("down")).toMatch(/The embedded cluster is gone/);
  expect(await clusterProcesses(folder)).toEqual([]);
  expect(await readdir(home)).toEqual(["contexts"]);

  await rm(join(home, "contexts"), { recursive: true });
  expect(await succeed("down")).toMatch(/are gone/);
  expect(existsSync(home)).toBe(false);
  expect(await succeed("down")).toBe("Nothing is up.\n");
});
