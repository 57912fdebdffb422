import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { rekeyJobSpec } from "../../components/backup/rekey.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { factsOf, type Places, pathOf, proxyToLoopback, restic, runStep } from "./backupDrill.ts";
import { backupKey, Versitygw } from "./servers/versitygw.ts";

/** A repository is given another password by the Job that the program emits, with a real restic and object store. */
const id = "acme";
const oldPassword = randomBytes(32).toString("base64url");
const newPassword = randomBytes(32).toString("base64url");

let folder: string;
let store: Versitygw;
let proxy: Awaited<ReturnType<typeof proxyToLoopback>>;
let resticFolder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openclaw-rekey-"));
  proxy = await proxyToLoopback();
  resticFolder = await restic(join(folder, "restic"));
  store = await Versitygw.start();
  await writeFile(join(folder, "letter.txt"), "kept");
  expect((await store.provisioning("provision", { id })).code).toBe(0);
});

afterAll(async () => {
  proxy?.server.close();
  await store?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** restic with a password; what it writes goes to the tenant's repository. */
function resticBy(password: string, ...args: string[]): Promise<RunResult> {
  const key = backupKey({ id });
  const env = {
    PATH: pathOf(resticFolder),
    HTTPS_PROXY: proxy.url,
    RESTIC_CACERT: store.authorityFile,
    RESTIC_REPOSITORY: `s3:${store.endpoint}/backup-${id}/tenants/${id}/backups/restic`,
    RESTIC_PASSWORD: password,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
  };
  const options = ["--option", "s3.bucket-lookup=path", "--no-cache", "--quiet"];
  return run("restic", [...options, ...args], { env, cwd: folder, timeout: 60_000 });
}

const good = ({ code, stdout, stderr }: RunResult) => expect(code, stdout + stderr).toBe(0);

/** The Job's container, as a process of this machine. @param path folders that go before the programs' own */
function rekey(
  path: readonly string[] = [],
  passwords: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  const services = factsOf(store.endpoint, 5432);
  const [step] = rekeyJobSpec(id, services, `tenant-${id}`).spec?.template.spec?.containers ?? [];
  const places: Places = {
    ...{ work: folder, volume: folder, services },
    secrets: {
      "backup-password": newPassword,
      "old-backup-password": oldPassword,
      "backup-access-key": backupKey({ id }).accessKeyId,
      "backup-secret-key": backupKey({ id }).secretAccessKey,
      ...passwords,
    },
    environment: {
      PATH: pathOf(...path, resticFolder),
      HTTPS_PROXY: proxy.url,
      RESTIC_CACERT: store.authorityFile,
    },
  };
  return runStep(step ?? expect.unreachable(), places);
}

/** A restic that ends the script which calls it, before or after what it is called for. */
async function deadlyRestic(words: string, when: "before" | "after"): Promise<string> {
  const bin = join(folder, `deadly-${when}-${words.replace(" ", "-")}`);
  await mkdir(bin, { recursive: true });
  const real = `"${join(resticFolder, "restic")}" "$@"`;
  const act = when === "before" ? "" : real;
  const text = `#!/bin/sh\ncase "$*" in *"${words}"*) ${act}\nkill -9 $PPID; exit 1;; esac\nexec ${real}\n`;
  await writeFile(join(bin, "restic"), text, { mode: 0o755 });
  return bin;
}

const keys = async (password: string): Promise<unknown[]> =>
  JSON.parse((await resticBy(password, "key", "list", "--json")).stdout);

/** The new password alone opens it, by one key, and what was backed up before is there. */
async function expectRekeyed(): Promise<void> {
  expect(await keys(newPassword)).toHaveLength(1);
  // restic's exit code for a wrong password.
  expect((await resticBy(oldPassword, "cat", "config")).code).toBe(12);
  good(await resticBy(newPassword, "check", "--read-data"));
  const target = join(folder, "restored");
  good(await resticBy(newPassword, "restore", "latest", "--target", target));
  expect(await readFile(join(target, "letter.txt"), "utf8")).toBe("kept");
}

beforeEach(async () => {
  await rm(join(folder, "restored"), { recursive: true, force: true });
});

test("a tenant without a repository yet is no failure", async () => {
  const { code, stdout } = await rekey();
  expect(code).toBe(0);
  expect(stdout).toMatch(/none yet/);
});

test("a wrong old password changes nothing, and says so", async () => {
  good(await resticBy(oldPassword, "init"));
  good(await resticBy(oldPassword, "backup", "letter.txt"));
  const { code, stdout } = await rekey([], { "old-backup-password": "another-one" });
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/Neither the new password nor the old one/);
  expect(await keys(oldPassword)).toHaveLength(1);
});

test("a password is not replaced by itself: its only key would go", async () => {
  const { code } = await rekey([], { "backup-password": oldPassword });
  expect(code).not.toBe(0);
  expect(await keys(oldPassword)).toHaveLength(1);
});

test.each([
  ["key add", "before"],
  ["key add", "after"],
  ["key remove", "before"],
] as const)(
  "killed at %s, %s it, the repository opens still, and the next run comes to the end",
  async (words, when) => {
    good(
      await resticBy(newPassword, "cat", "config").then(async (opened) =>
        opened.code === 0 ? await backToOld() : await resticBy(oldPassword, "cat", "config"),
      ),
    );
    const killed = await rekey([await deadlyRestic(words, when)]);
    expect(killed.code).not.toBe(0);
    expect((await resticBy(oldPassword, "cat", "config")).code).toBe(0);
    good(await rekey());
    await expectRekeyed();
  },
);

/** Gives the repository its first password again, which a test has replaced. */
const backToOld = () => rekey([], { "backup-password": oldPassword, "old-backup-password": newPassword });

test("run again it changes nothing", async () => {
  const before = await keys(newPassword);
  good(await rekey());
  expect(await keys(newPassword)).toEqual(before);
  await expectRekeyed();
});

test("neither password is in what the Job says", async () => {
  good(await backToOld());
  const { stdout, stderr } = await rekey();
  for (const password of [oldPassword, newPassword]) {
    expect(stdout + stderr).not.toContain(password);
  }
  expect(stdout).toMatch(/the old password opens it no more/);
});
