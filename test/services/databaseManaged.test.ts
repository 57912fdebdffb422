import { afterAll, beforeAll, expect, test } from "vitest";
import { backupLoginOf, loginOf, succeed } from "./databaseTenant.ts";
import { Postgres } from "./servers/postgres.ts";

/**
 * As on a cloud's managed PostgreSQL: the administrator is no superuser, extensions are made by whoever owns the database,
 * and pg_hba.conf lets every role try every database. There the privileges alone hold.
 */
let postgres: Postgres;

const administrator = { user: "manager", password: "of-the-cloud" };
const job = { administrator };

beforeAll(async () => {
  postgres = await Postgres.start({
    files: { "pg_hba.conf": "hostssl all all all scram-sha-256\nlocal all all scram-sha-256\n" },
    trusted: ["vector"],
  });
  await postgres.query(`CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD '${administrator.password}'`);
  await postgres.query("ALTER DATABASE openclaw OWNER TO manager");
});

afterAll(() => postgres.stop());

test("provisioning says what it could not do, and does the rest, as often as it is run", async () => {
  const said = await succeed(postgres, "provision", "acme", job);
  expect(said).toContain("database postgres stays open to every login");
  expect(said).toMatch(
    /not done, manager is no superuser: ALTER ROLE "?tenant_acme"?_e1 SET temp_file_limit/,
  );
  expect(said).toMatch(/catalogs and functions stay open/);
  await succeed(postgres, "provision", "acme", job);
  await succeed(postgres, "provision", "acme-2", job);
  expect(await postgres.query("SELECT current_user, '[1,2]'::vector AS v", loginOf("acme-2"))).toEqual([
    { current_user: "tenant_acme-2", v: "[1,2]" },
  ]);
});

test.each(["tenant_acme-2", "openclaw"])(
  "a tenant gets no further than its own database: %s",
  async (database) => {
    const login = { ...loginOf("acme"), database };
    await expect(postgres.query("SELECT", login)).rejects.toThrow(
      `permission denied for database "${database}"`,
    );
  },
);

test("a backup has the tables that there were and those that came later", async () => {
  await postgres.query("CREATE TABLE early (word text); INSERT INTO early VALUES ('heron')", loginOf("acme"));
  await succeed(postgres, "provision", "acme", { ...job, epoch: 2 });
  await postgres.query(
    "CREATE TABLE late (id serial, word text); INSERT INTO late (word) VALUES ('egret')",
    loginOf("acme", 2),
  );
  const { code, stdout, stderr } = await postgres.program(
    "pg_dump",
    ["--schema=tenant_acme", "--no-owner", "--no-privileges"],
    postgres.environment(backupLoginOf("acme", 2)),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("heron");
  expect(stdout).toContain("egret");
  const write = 'BEGIN READ WRITE; DELETE FROM "tenant_acme".early';
  await expect(postgres.query(write, backupLoginOf("acme", 2))).rejects.toThrow(
    "permission denied for table early",
  );
});

test("rotation, lock and drop end sessions and logins", async () => {
  const session = await postgres.connect(loginOf("acme", 1));
  await succeed(postgres, "retire", "acme", { ...job, epoch: 2 });
  await expect(session.query("SELECT")).rejects.toThrow(/terminat|connection error/);
  await expect(postgres.query("SELECT", loginOf("acme", 1))).rejects.toThrow(
    "password authentication failed",
  );
  await succeed(postgres, "provision", "acme", { ...job, epoch: 2, access: "locked" });
  await expect(postgres.query("SELECT", loginOf("acme", 2))).rejects.toThrow(
    "password authentication failed",
  );
  await succeed(postgres, "drop", "acme", job);
  expect(await postgres.query("SELECT FROM pg_roles WHERE rolname ~ '^tenant_acme(_|$)'")).toEqual([]);
  expect(await postgres.query("SELECT 1 AS one", loginOf("acme-2"))).toEqual([{ one: 1 }]);
});
