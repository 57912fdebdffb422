import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { rekeyName } from "../../components/backup/rekey.ts";
import { accountSecretName } from "../../components/services/accounts/accountSecret.ts";
import { repository } from "../../lib/system/paths.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { oldBackupPassword } from "../../ops/roots/oldPasswords.ts";
import { type Cell, type Live, openCell } from "./cell.ts";

/**
 * A stack as programs before 0.2 left it, with its roots in the clear, gets other ones by the command. The tests build on
 * each other, in this order. Jobs of simulated nodes run nothing: test/services/rekey.test.ts has what they do.
 */
let cell: Cell;
const tenants = ["renew-a", "renew-b", "renew-left"];

beforeAll(async () => {
  cell = await openCell("renew");
  cell.writeTenant("renew-a", { dataServices: true });
  cell.writeTenant("renew-b", { state: "suspended" });
  cell.writeTenant("renew-left", { state: "offboarded", retainUntil: "2999-12-31" });
  await cell.up();
});
afterAll(() => cell.close());

const signature = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const secret = (value: string) => ({ ...signature, plaintext: JSON.stringify(value) });
const newType = "random:index/randomPassword:RandomPassword";
const oldType = "random:index/randomBytes:RandomBytes";

/** Bytes of each root that the state was given, by the resource's name. */
const oldRoots = new Map<string, Buffer>();

/** Writes the state as RandomBytes of the official plugin leave it: the id is the value. */
async function bringBackOldRoots(): Promise<void> {
  const { stdout } = await cell.pulumi("stack", "export");
  const state: Live = JSON.parse(stdout.replaceAll(newType, oldType));
  for (const resource of state.deployment.resources) {
    for (const record of Object.values<Live>(resource.outputs?.tenants ?? {})) {
      delete record.encryptedRoots;
    }
    // Programs before 0.2 knew nothing of it.
    delete resource.outputs?.services?.provisioning?.retireAccount;
    if (resource.type === oldType) {
      const root = randomBytes(32);
      const { length: _, special: __, ...inputs } = resource.inputs;
      oldRoots.set(resource.urn.split("::").at(-1), root);
      resource.id = root.toString("base64");
      resource.inputs = { ...inputs, length: 32 };
      resource.outputs = {
        length: 32,
        base64: secret(root.toString("base64")),
        hex: secret(root.toString("hex")),
      };
    }
  }
  const imported = await run("pulumi", ["stack", "import", "--stack", cell.stack, "--non-interactive"], {
    cwd: repository,
    env: cell.env,
    input: JSON.stringify(state),
  });
  expect(imported.code, imported.stderr).toBe(0);
}

/** `npm run renew-roots -- …`, without npm. */
const renewRoots = (...args: string[]): Promise<RunResult> =>
  run(
    process.execPath,
    [
      ...[join(repository, "ops", "main.ts"), "renew-roots", "--stack", cell.stack, "--embedded"],
      ...["--tenants", cell.folder, ...args],
    ],
    {
      cwd: repository,
      env: { ...process.env, OPENCLAW_LOCAL: inject("engineHome") },
      timeout: 240_000,
    },
  );

const servicesSecret = async (name: string): Promise<Live> =>
  (await cell.json("get", "secrets", "--namespace", "openclaw-services")).items.find(
    ({ metadata }: Live) => metadata.name === name,
  );

test("nothing is to do in a stack of this version", async () => {
  const { code, stdout, stderr } = await renewRoots();
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/Nothing to do/);
});

test("a stack with roots in the clear is refused, by preview and update, with the command to run", async () => {
  await bringBackOldRoots();
  expect(oldRoots.size).toBe(5);
  const identities = async () =>
    JSON.parse(await cell.stateText())
      .checkpoint.latest.resources.filter(({ type }: Live) => !type.startsWith("pulumi:providers:"))
      .map(({ urn, id }: Live) => `${urn} ${id}`)
      .toSorted();
  const before = await identities();
  for (const [command, ...args] of [["preview"], ["up", "--yes", "--skip-preview"]] as const) {
    const { code, stdout, stderr } = await cell.pulumi(command, ...args);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/renew-a, renew-b, renew-left\n.*npm run renew-roots -- --stack renew/);
  }
  expect(await identities()).toEqual(before);
});

test("it is asked first, and shows what it would do", async () => {
  const dry = await renewRoots("--dry-run");
  expect(dry.code, dry.stderr).toBe(0);
  expect(dry.stdout).toMatch(/5 roots in the clear.*renew-left-backup-root/);
  const unasked = await renewRoots();
  expect(unasked.code).toBe(1);
  expect(unasked.stderr).toMatch(/no terminal to confirm/);
  expect(await cell.stateText()).toContain(oldType);
});

test("stopped half-way it keeps what opens the old backups", async () => {
  const { code, stderr } = await renewRoots("--yes", "--", "--no-such-option");
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/The update did not complete.*npm run renew-roots/);
  expect(await cell.stateText()).not.toContain(oldType);
  for (const id of tenants) {
    const { data } = await servicesSecret(rekeyName(id));
    const root = oldRoots.get(`${id}-backup-root`) ?? expect.unreachable();
    const kept = Buffer.from(data["old-backup-password"], "base64").toString();
    expect(kept).toBe(oldBackupPassword(root, id));
  }
});

test("and goes on: every credential is another, every pod is, and the backups of every tenant", async () => {
  const before = new Map<string, Live>();
  for (const id of tenants) {
    before.set(id, await servicesSecret(accountSecretName(id)));
  }
  const credentials = (await cell.object("renew-a", "secrets", "openclaw-credentials")).data;
  const pod = async () =>
    (await cell.json("get", "pods", "-n", "tenant-renew-a")).items.find(
      ({ metadata }: Live) => metadata.deletionTimestamp === undefined,
    ).metadata.uid;
  const oldPod = await pod();

  const { code, stdout, stderr } = await renewRoots("--yes");
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/goes on +with the backups of renew-a, renew-b, renew-left/);
  expect(stdout).toMatch(/must be destroyed by hand/);
  for (const root of oldRoots.values()) {
    expect(stdout + stderr).not.toContain(root.toString("base64"));
  }

  for (const id of tenants) {
    const { data } = await servicesSecret(accountSecretName(id));
    const names = Object.keys(data).filter((name) => data[name] === before.get(id).data[name]);
    expect(names).toEqual(["backup-access-key"]);
    expect(await servicesSecret(rekeyName(id))).toBeUndefined();
  }
  const renewed = (await cell.object("renew-a", "secrets", "openclaw-credentials")).data;
  expect(Object.keys(renewed).filter((name) => renewed[name] === credentials[name])).toEqual([]);
  expect(await pod()).not.toBe(oldPod);
});

test("then nothing is left to do, by it or by an update", async () => {
  expect(await cell.plan()).toEqual({});
  const { code, stdout } = await renewRoots("--yes");
  expect(code).toBe(0);
  expect(stdout).toMatch(/Nothing to do/);
});
