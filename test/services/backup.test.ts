import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseTag } from "../../components/backup/backup.ts";
import { lentCredentials } from "../../components/backup/repository.ts";
import type { Snapshot } from "../../components/backup/restore.ts";
import { type RunResult, run } from "../../lib/system/run.ts";
import { backupsOf } from "../../ops/backup/snapshots.ts";
import { tenant } from "../fixtures/tenant.ts";
import {
  backUp,
  factsOf,
  fingerprint,
  type Places,
  pathOf,
  proxyToLoopback,
  restic,
  restoreInto,
} from "./backupDrill.ts";
import { backupLoginOf, loginOf, succeed, withSession } from "./databaseTenant.ts";
import { OpenClaw } from "./servers/openclaw.ts";
import { Postgres } from "./servers/postgres.ts";
import { backupKey, filesKey, Versitygw } from "./servers/versitygw.ts";

/** Tenants whose ids are neighbours; the first has an OpenClaw and a database. */
const acme = tenant({ id: "acme", plan: "basic", dataServices: true });
const neighbour = tenant({ id: "acme-2", plan: "basic", dataServices: true });

let folder: string;
let openclaw: OpenClaw;
let postgres: Postgres;
let store: Versitygw;
let proxy: Awaited<ReturnType<typeof proxyToLoopback>>;
let resticFolder: string;
const passwords = {
  [acme.id]: randomBytes(32).toString("hex"),
  [neighbour.id]: randomBytes(32).toString("hex"),
};

/** The pod's places for a tenant. */
function places({ id }: typeof acme, changes: Readonly<Record<string, string>> = {}): Places {
  return {
    work: join(folder, "work"),
    volume: openclaw.volume,
    services: factsOf(store.endpoint, postgres.port),
    secrets: {
      BACKUP_PASSWORD: passwords[id] ?? "",
      BACKUP_SECRET_ACCESS_KEY: backupKey({ id }).secretAccessKey,
      BACKUP_PGPASSWORD: backupLoginOf(id).password,
      PGPASSWORD: loginOf(id).password,
      "backup-password": passwords[id] ?? "",
      "backup-access-key": backupKey({ id }).accessKeyId,
      "backup-secret-key": backupKey({ id }).secretAccessKey,
    },
    environment: {
      ...openclaw.environment(),
      // Before the system's own, which may be older.
      PATH: pathOf(
        ...[openclaw.environment().PATH ?? "", postgres.environment().PATH].map(firstFolder),
        resticFolder,
      ),
      HTTPS_PROXY: proxy.url,
      PGHOSTADDR: "127.0.0.1",
      PGSSLROOTCERT: postgres.environment().PGSSLROOTCERT,
      RESTIC_CACERT: store.authorityFile,
      ...changes,
    },
  };
}

const firstFolder = (path: string): string => path.split(delimiter)[0] ?? "";

/** restic with what a tenant's backups are opened by. */
function resticAs(id: string, args: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const key = backupKey({ id });
  const env = {
    PATH: pathOf(resticFolder),
    HTTPS_PROXY: proxy.url,
    RESTIC_CACERT: store.authorityFile,
    RESTIC_REPOSITORY: `s3:${store.endpoint}/backup-${id}/tenants/${id}/backups/restic`,
    RESTIC_PASSWORD: passwords[id] ?? "",
    RESTIC_CACHE_DIR: join(folder, "cache"),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_DEFAULT_REGION: "us-east-1",
    ...changes,
  };
  return run("restic", ["--option", "s3.bucket-lookup=path", ...args], { env, timeout: 60_000 });
}

const listed = async (id: string) =>
  backupsOf((await resticAs(id, ["snapshots", "--quiet", "--json"])).stdout);

const newest = async (id: string): Promise<Snapshot> => {
  const backup = (await listed(id)).at(-1);
  if (backup === undefined) {
    throw new Error(`${id} has no backup`);
  }
  return { id: backup.id, tags: backup.hasDatabase ? [databaseTag] : [] };
};

const good = ({ code, stdout, stderr }: RunResult) => expect(code, stdout + stderr).toBe(0);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "openclaw-drill-"));
  proxy = await proxyToLoopback();
  resticFolder = await restic(join(folder, "restic"));
  store = await Versitygw.start();
  postgres = await Postgres.start();
  openclaw = await OpenClaw.start();
  for (const { id } of [acme, neighbour]) {
    await succeed(postgres, "provision", id);
    good(await store.provisioning("provision", { id }));
  }
});

afterAll(async () => {
  proxy?.server.close();
  await Promise.all([openclaw?.stop(), postgres?.stop(), store?.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** The tenant's database as SQL, without the key that a dump has of its own. */
async function databaseText(id: string): Promise<string> {
  const schema = `--schema="tenant_${id}"`;
  const { code, stdout, stderr } = await postgres.program(
    "pg_dump",
    [schema, "--no-owner", "--no-privileges"],
    {
      ...postgres.environment({ ...backupLoginOf(id) }),
    },
  );
  expect(code, stderr).toBe(0);
  return stdout.replace(/^\\(un)?restrict .*$/gm, "");
}

/** The administrator's part of a restore, as in the services' namespace. */
async function administrate(action: string, id: string, source: string, restoreId: string): Promise<void> {
  const script = join(import.meta.dirname, "../../components/services/accounts/scripts/restore-database.sh");
  good(
    await postgres.program("sh", ["-eu", script, action], {
      ...postgres.environment(),
      TENANT_ID: id,
      SOURCE_ID: source,
      RESTORE_ID: restoreId,
    }),
  );
}

test("a tenant is backed up beside its running gateway, destroyed, and restored: conversation, files, database", async () => {
  const workspace = join(openclaw.state, "workspace");
  await openclaw.ask("Please remember codeword-heron.");
  await writeFile(join(workspace, "notes.md"), "what the tenant wrote\n");
  await writeFile(join(workspace, "na me$(touch x)'*.bin"), randomBytes(300_000), { mode: 0o640 });
  await symlink("/etc/passwd", join(workspace, "elsewhere"));
  await withSession(postgres, loginOf(acme.id), async (session) => {
    await session.query("CREATE TABLE item (id int PRIMARY KEY, name text, embedding vector(3))");
    await session.query(
      "INSERT INTO item SELECT n, 'name ' || n, ARRAY[n, 1, 2]::real[]::vector FROM generate_series(1, 500) n",
    );
    await session.query("CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2'");
    await session.query("CREATE INDEX item_twice ON item (twice(id))");
  });
  const before = { database: await databaseText(acme.id), files: await fingerprint(workspace) };

  good(await backUp(acme, places(acme)));
  expect(await openclaw.ask("What do you know?")).toContain("codeword-heron");
  await openclaw.ask("Please remember codeword-after-the-backup.");

  await openclaw.endGateway();
  await rm(openclaw.state, { recursive: true });
  await succeed(postgres, "drop", acme.id);

  await succeed(postgres, "provision", acme.id);
  const args = { tenant: acme, sourceId: acme.id, snapshot: await newest(acme.id), restoreId: "2611210300" };
  good(
    await restoreInto({ ...args, discardCurrent: false, repository: lentCredentials("given") }, places(acme)),
  );
  expect(await fingerprint(workspace)).toEqual(before.files);
  expect(await databaseText(acme.id)).toBe(before.database);

  await openclaw.serve();
  const answer = await openclaw.ask("What do you know?");
  expect(answer).toContain("codeword-heron");
  expect(answer).not.toContain("after-the-backup");
}, 360_000);

test("a restore sets aside what is there, into another tenant as well, and is undone", async () => {
  const restoreId = "2611210301";
  await withSession(postgres, loginOf(neighbour.id), (session) => session.query("CREATE TABLE own (n int)"));
  const before = await databaseText(neighbour.id);
  for (const round of ["begun and killed", "run again"]) {
    await administrate("set-aside", neighbour.id, acme.id, restoreId);
    await succeed(postgres, "provision", neighbour.id);
    await administrate("open", neighbour.id, acme.id, restoreId);
    expect(round).toBeDefined();
  }
  const volume = await mkdtemp(join(folder, "volume-"));
  await mkdir(join(volume, "state"));
  await writeFile(join(volume, "state/own"), "the neighbour's");
  const secrets = { ...places(acme).secrets, PGPASSWORD: loginOf(neighbour.id).password };
  const into = { ...places(acme), volume, secrets };
  const args = { tenant: neighbour, sourceId: acme.id, snapshot: await newest(acme.id), restoreId };
  good(await restoreInto({ ...args, discardCurrent: false, repository: lentCredentials("given") }, into));
  await administrate("close", neighbour.id, acme.id, restoreId);

  const rows = await postgres.query("SELECT count(*)::int AS n FROM item", loginOf(neighbour.id));
  expect(rows).toEqual([{ n: 500 }]);
  expect(await fingerprint(join(volume, `state.before-${restoreId}`))).toHaveProperty("own");
  expect(await fingerprint(join(volume, "state/workspace"))).toHaveProperty("notes.md");

  await administrate("put-back", neighbour.id, acme.id, restoreId);
  await succeed(postgres, "provision", neighbour.id);
  expect(await databaseText(neighbour.id)).toBe(before);
  await administrate("clean", neighbour.id, acme.id, restoreId);
  const left = await postgres.query(
    "SELECT datname FROM pg_database WHERE datname LIKE '%\\_was\\_%' OR datname LIKE '%\\_und\\_%'",
  );
  expect(left).toEqual([]);
});

test("what a dump runs while it is loaded has no more rights than the tenant", async () => {
  await withSession(postgres, loginOf(neighbour.id), async (session) => {
    await session.query(`CREATE FUNCTION escape(int) RETURNS boolean LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE 'RESET ROLE';
        EXECUTE 'ALTER ROLE "tenant_acme-2_e1" SUPERUSER';
        RETURN true;
      EXCEPTION WHEN insufficient_privilege THEN RETURN true;
      END $$`);
    await session.query("CREATE TABLE trap (n int CHECK (escape(n)))");
    await session.query("INSERT INTO trap VALUES (1)");
  });
  good(await backUp(neighbour, places(neighbour)));
  await administrate("set-aside", neighbour.id, neighbour.id, "2611210302");
  await succeed(postgres, "provision", neighbour.id);
  const volume = await mkdtemp(join(folder, "volume-"));
  const args = { tenant: neighbour, sourceId: neighbour.id, snapshot: await newest(neighbour.id) };
  good(
    await restoreInto(
      { ...args, restoreId: "2611210302", discardCurrent: false, repository: lentCredentials("given") },
      { ...places(neighbour), volume },
    ),
  );
  const login = `tenant_${neighbour.id}_e1`;
  expect(await postgres.query(`SELECT rolsuper FROM pg_roles WHERE rolname = '${login}'`)).toEqual([
    { rolsuper: false },
  ]);
});

test("backups older than the plan keeps go, the others stay", async () => {
  const tree = join(folder, "old");
  await mkdir(tree, { recursive: true });
  await writeFile(join(tree, "file"), "old");
  const day = (ago: number) =>
    new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 19).replace("T", " ");
  for (const ago of [30, 8, 6, 1]) {
    const args = ["backup", "--host", acme.id, "--tag", "scheduled", "--time", day(ago), tree];
    good(await resticAs(acme.id, args));
  }
  good(await backUp(acme, places(acme)));
  const ages = (await listed(acme.id)).map(({ time }) =>
    Math.round((Date.now() - Date.parse(time)) / 86_400_000),
  );
  expect(ages).toContain(6);
  expect(ages).toContain(1);
  expect(Math.max(...ages)).toBeLessThanOrEqual(7);
});

test("a backup that was killed is no obstacle to the next, and leaves no half of one", async () => {
  const count = (await listed(acme.id)).length;
  good(await backUp(acme, places(acme), "database"));
  const step = resticAs(acme.id, [
    "backup",
    "--host",
    acme.id,
    "--limit-upload",
    "1",
    join(folder, "work/tree"),
  ]);
  const locks = async () =>
    (await resticAs(acme.id, ["list", "locks", "--no-lock", "--quiet"])).stdout.trim();
  await expect.poll(locks, { timeout: 30_000 }).not.toBe("");
  good(await run("pkill", ["-KILL", "-f", "--", "--limit-upload 1"]));
  expect((await step).code).not.toBe(0);
  expect(await locks()).not.toBe("");
  good(await backUp(acme, places(acme)));
  expect((await listed(acme.id)).length).toBe(count + 1);
  expect(await locks()).toBe("");
  good(await resticAs(acme.id, ["check", "--read-data"]));
});

test("nobody else reads a tenant's backups, and its own pod does not reach them", async () => {
  good(await resticAs(acme.id, ["snapshots", "--quiet"]));
  const refused = async (changes: Readonly<Record<string, string>>) => {
    const { code, stdout, stderr } = await resticAs(acme.id, ["snapshots", "--quiet", "--no-lock"], {
      RESTIC_CACHE_DIR: join(folder, "none"),
      ...changes,
    });
    expect(code).not.toBe(0);
    return stdout + stderr;
  };
  const as = ({ accessKeyId, secretAccessKey }: ReturnType<typeof backupKey>) => ({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  expect(await refused({ RESTIC_PASSWORD: passwords[neighbour.id] ?? "" })).toMatch(/wrong password/);
  expect(await refused(as(backupKey({ id: neighbour.id })))).toMatch(/Access ?Denied/);
  expect(await refused(as(filesKey({ id: acme.id })))).toMatch(/Access ?Denied/);
  const own = filesKey({ id: acme.id });
  const path = "/backup-acme/tenants/acme/backups/restic/config";
  expect((await store.send(own, { method: "DELETE", path })).status).toBe(403);
  expect((await store.send(own, { method: "PUT", path, body: "x" })).status).toBe(403);
  expect((await store.send(backupKey({ id: acme.id }), { method: "GET", path })).status).toBe(200);
});

test("a step that fails ends the backup, with what it said", async () => {
  const { code, stdout, stderr } = await backUp(acme, places(acme, { PGPASSWORD: "wrong" }));
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain("password authentication failed");
});
