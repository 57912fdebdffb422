import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Attempt, table, tryOut } from "./databaseAttack/attempt.ts";
import { data } from "./databaseAttack/attempts/data.ts";
import { identities } from "./databaseAttack/attempts/identities.ts";
import { machine } from "./databaseAttack/attempts/machine.ts";
import { catalogs, walls } from "./databaseAttack/attempts/walls.ts";
import { attacker, victim } from "./databaseAttack/attempts/words.ts";
import { backupLoginOf, loginOf, succeed, withSession } from "./databaseTenant.ts";
import { type Login, Postgres } from "./servers/postgres.ts";

/**
 * A hostile tenant with its own login, beside a neighbour whose id begins alike. Each attempt is made as well by somebody
 * who may, and must work there.
 */
let postgres: Postgres;
const rows: { name: string; outcome: string; stoppedBy: string }[] = [];

const logins = {
  attacker: loginOf(attacker),
  victim: loginOf(victim),
  administrator: { database: `tenant_${attacker}` },
};

beforeAll(async () => {
  postgres = await Postgres.start();
  await succeed(postgres, "provision", attacker, { connectionLimit: 3 });
  await succeed(postgres, "provision", victim);
  await withSession(postgres, logins.victim, async (session) => {
    await session.query(
      "CREATE TABLE secrets (word text); INSERT INTO secrets VALUES ('heron'); ANALYZE secrets",
    );
    await session.query("CREATE FUNCTION confidential() RETURNS text LANGUAGE sql AS $$SELECT 'heron'$$");
  });
});

afterAll(async () => {
  console.log(`\n${table(rows)}\n`);
  await postgres.stop();
});

function note(name: string, refused: boolean, stoppedBy: string): void {
  rows.push({ name, outcome: refused ? "refused" : "WORKED", stoppedBy });
}

const tryEach = (attempts: readonly Attempt[]) =>
  test.each(attempts)("$name", async (attempt) => {
    const { refused, controlWorked, said } = await tryOut(attempt, postgres, logins);
    note(attempt.name, refused, attempt.stoppedBy);
    expect({ refused, controlWorked }, said).toEqual({ refused: true, controlWorked: true });
  });

describe("does not find the neighbour's data:", () => tryEach(data));
describe("does not become somebody else:", () => tryEach(identities));
describe("does not get at the server's machine:", () => tryEach(machine));
describe("keeps within its walls:", () => tryEach(walls));
describe("does not read who else is there:", () => tryEach(catalogs));

const errorOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );

describe("is not let in", () => {
  const own = logins.attacker;
  test.each<[string, Login, RegExp, Login]>([
    [
      "to the neighbour's database",
      { ...own, database: `tenant_${victim}` },
      /no pg_hba.conf entry/,
      logins.victim,
    ],
    ["to the platform's database", { ...own, database: "openclaw" }, /no pg_hba.conf entry/, {}],
    ["to postgres", { ...own, database: "postgres" }, /no pg_hba.conf entry/, { database: "postgres" }],
    ["to template1", { ...own, database: "template1" }, /no pg_hba.conf entry/, { database: "template1" }],
    [
      "as the neighbour",
      { ...logins.victim, password: own.password },
      /password authentication failed/,
      logins.victim,
    ],
    [
      "as its own lasting role",
      { ...own, user: `tenant_${attacker}` },
      /password authentication failed/,
      own,
    ],
    [
      "as its own backup",
      { ...backupLoginOf(attacker), password: own.password },
      /password authentication failed/,
      backupLoginOf(attacker),
    ],
    ["as the administrator", { password: own.password }, /password authentication failed/, {}],
  ])("%s", async (where, login, refusal, control) => {
    const said = await errorOf(postgres.query("SELECT", login));
    note(`log in ${where}`, refusal.test(said), "pg_hba.conf (samerole), SCRAM");
    expect(said).toMatch(refusal);
    expect(await postgres.query("SELECT 1 AS one", control)).toEqual([{ one: 1 }]);
  });

  test.each([
    ["without TLS", { PGSSLMODE: "disable" }, /no pg_hba.conf entry for host .*no encryption/],
    ["for replication of the server", { PGREPLICATION: "true" }, /max_wal_senders/],
    ["for replication of its database", { PGREPLICATION: "database" }, /max_wal_senders/],
  ])("%s", async (how, { PGREPLICATION, ...env }: Record<string, string>, refusal) => {
    const replication = PGREPLICATION === undefined ? "" : ` replication=${PGREPLICATION}`;
    const connect = (settings: NodeJS.ProcessEnv, more: string) =>
      postgres.program("psql", ["-X", "-c", "SELECT", `dbname=tenant_${attacker}${more}`], {
        ...postgres.environment(own),
        ...settings,
      });
    const { code, stderr } = await connect(env, replication);
    note(`connect ${how}`, code !== 0, "pg_hba.conf, max_wal_senders = 0");
    expect(stderr).toMatch(refusal);
    expect(await connect({}, "")).toMatchObject({ code: 0 });
  });

  test("a server of another name is not believed, nor one of another authority", async () => {
    const verify = (settings: NodeJS.ProcessEnv) =>
      postgres.program("psql", ["-X", "-c", "SELECT"], { ...postgres.environment(own), ...settings });
    const impostor = await verify({ PGHOST: "cache.openclaw-services.svc" });
    note("answer for the database under another service's name", impostor.code !== 0, "verify-full");
    expect(impostor.stderr).toContain('server certificate for "database.openclaw-services.svc"');
    const stranger = await verify({ PGSSLROOTCERT: "/etc/ssl/certs/ca-certificates.crt" });
    expect(stranger.stderr).toMatch(/certificate verify failed/);
    expect(await verify({})).toMatchObject({ code: 0 });
  });

  test("more often than its plan has connections", async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => postgres.connect(own)));
    const said = await errorOf(postgres.connect(own));
    note("take every connection", /too many connections for role/.test(said), "CONNECTION LIMIT");
    expect(said).toContain(`too many connections for role "tenant_${attacker}_e1"`);
    expect(await postgres.query("SELECT 1 AS one", logins.victim)).toEqual([{ one: 1 }]);
    await Promise.all(sessions.map((session) => session.end()));
  });
});

describe("with both connected", () => {
  const together = <T>(
    use: (pair: Record<"mallory" | "alice", Awaited<ReturnType<Postgres["connect"]>>>) => Promise<T>,
  ) =>
    withSession(postgres, logins.attacker, (mallory) =>
      withSession(postgres, logins.victim, (alice) => use({ mallory, alice })),
    );

  test.each(["pg_cancel_backend", "pg_terminate_backend"])("%s ends nothing of the neighbour's", (signal) =>
    together(async ({ mallory, alice }) => {
      const { rows: backends } = await alice.query("SELECT pg_backend_pid() AS pid");
      const said = await errorOf(mallory.query(`SELECT ${signal}($1)`, [backends[0].pid]));
      note(signal, /permission denied/.test(said), "no membership");
      expect(said).toMatch(/permission denied to (cancel query|terminate process)/);
      expect((await alice.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    }),
  );

  test("notifications on a channel of one name are not heard", () =>
    together(async ({ mallory, alice }) => {
      const heard: (string | undefined)[] = [];
      alice.on("notification", ({ payload }) => heard.push(payload));
      await alice.query("LISTEN news");
      await mallory.query("NOTIFY news, 'from the attacker'");
      await postgres.query("NOTIFY news, 'from herself'", logins.victim);
      await expect.poll(() => heard).toEqual(["from herself"]);
      note(
        "NOTIFY on the neighbour's channel",
        !heard.includes("from the attacker"),
        "a database of its own",
      );
    }));

  test("advisory locks of one number do not meet", () =>
    together(async ({ mallory, alice }) => {
      await mallory.query("SELECT pg_advisory_lock(42)");
      const take = "SELECT pg_try_advisory_lock(42) AS taken";
      const { rows: hers } = await alice.query(take);
      note("hold the neighbour's advisory lock", hers[0].taken, "a database of its own");
      expect(hers).toEqual([{ taken: true }]);
      expect(await postgres.query(take, logins.attacker)).toEqual([{ taken: false }]);
    }));

  test("a snapshot of the neighbour's cannot be read with", () =>
    together(async ({ mallory, alice }) => {
      await alice.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      const { rows: exported } = await alice.query("SELECT pg_export_snapshot() AS id");
      await mallory.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      const said = await errorOf(mallory.query(`SET TRANSACTION SNAPSHOT '${exported[0].id}'`));
      note("read in the neighbour's snapshot", /different database/.test(said), "a database of its own");
      expect(said).toContain("cannot import a snapshot from a different database");
    }));

  test("a session that asks for all memory is told so, and nobody else notices", () =>
    together(async ({ mallory, alice }) => {
      await mallory.query(
        "SET work_mem = '1TB'; SET max_parallel_workers_per_gather = 0; SET statement_timeout = 0",
      );
      const said = await errorOf(
        mallory.query(
          "SELECT array_length(array_agg(repeat(i::text, 200)), 1) FROM generate_series(1, 3000000) i",
        ),
      );
      note(
        "take all memory",
        /out of memory|memory alloc|invalid memory/.test(said),
        "ulimit -v of start.sh",
      );
      expect(said).toContain("out of memory");
      expect((await alice.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
      expect((await mallory.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    }));
});

test("limits come back with the next session, whatever a login does to its own settings", async () => {
  await withSession(postgres, logins.attacker, async (session) => {
    await session.query("RESET ROLE; ALTER ROLE CURRENT_USER RESET ALL");
  });
  const [limit] = await postgres.query("SELECT current_setting('temp_file_limit') AS value", logins.attacker);
  note("ALTER ROLE CURRENT_USER RESET ALL", limit?.value === "16MB", "only superusers set it");
  expect(limit).toEqual({ value: "16MB" });
});

test("names of roles can be had by number: what is known to remain", async () => {
  const named = await postgres.query(
    `SELECT i::regrole::text AS name FROM generate_series(16384, 17000) i WHERE i::regrole::text ~ '^"?tenant_'`,
    logins.attacker,
  );
  expect(named.map(({ name }) => name)).toContain(`"tenant_${victim}"`);
});

test("the log has no statement, no value and no verifier, whoever fails at what", async () => {
  await errorOf(postgres.query("ALTER ROLE nobody PASSWORD 'SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5'"));
  await errorOf(postgres.query("INSERT INTO secrets VALUES ('heron'::int::text)", logins.victim));
  await errorOf(postgres.query("SELECT 'kingfisher' FROM nowhere", logins.victim));
  const log = postgres.log();
  expect(log).toContain('relation "nowhere" does not exist');
  expect(log).not.toMatch(/SCRAM-SHA-256\$|kingfisher|STATEMENT:|DETAIL:/);
});
