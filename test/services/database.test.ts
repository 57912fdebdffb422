import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databaseState } from "./databaseState.ts";
import { backupLoginOf, loginOf, runJob, succeed, withSession } from "./databaseTenant.ts";
import { Postgres } from "./servers/postgres.ts";

let postgres: Postgres;

/** What an undisturbed provisioning makes. */
let reference: unknown;

beforeAll(async () => {
  postgres = await Postgres.start();
  await succeed(postgres, "provision", "reference-1");
  reference = await databaseState(postgres, "reference-1");
});

afterAll(() => postgres.stop());

const refusal = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );

test("a tenant has a database, a schema and a role of its own, with the vector extension at hand", async () => {
  const [session] = await postgres.query(
    `SELECT current_database(), current_schema(), current_user, session_user, current_setting('search_path') AS path,
            '[1,2,3]'::vector <-> '[1,2,5]' AS distance`,
    loginOf("reference-1"),
  );
  expect(session).toEqual({
    current_database: "tenant_reference-1",
    current_schema: "tenant_reference-1",
    current_user: "tenant_reference-1",
    session_user: "tenant_reference-1_e1",
    path: '"tenant_reference-1", extensions',
    distance: 2,
  });
});

test.each(["\\d", "\\dt", "\\dn", "\\df", "\\dx"])(
  "psql's %s works in a database whose catalogs are closed",
  async (command) => {
    const psql = await postgres.program(
      "psql",
      ["-X", "-c", command],
      postgres.environment(loginOf("reference-1")),
    );
    // There may be nothing to list yet.
    expect(psql).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^(Did not find any relations\.\n)?$/),
    });
  },
);

test("who looks after the server connects as before, and nobody else does", async () => {
  await postgres.query("CREATE ROLE replica LOGIN REPLICATION; CREATE ROLE guest LOGIN");
  await postgres.query("CREATE ROLE exporter LOGIN IN ROLE pg_monitor");
  await succeed(postgres, "provision", "reference-1");
  const connects = `SELECT array_agg(rolname::text ORDER BY rolname) AS logins FROM pg_roles
    WHERE rolname IN ('replica', 'exporter', 'guest') AND has_database_privilege(oid, $DATABASE, 'CONNECT')`;
  for (const [name, logins] of [
    ["postgres", ["exporter", "replica"]],
    ["tenant_reference-1", null],
  ] as const) {
    expect(await postgres.query(connects.replace("$DATABASE", `'${name}'`))).toEqual([{ logins }]);
  }
  await postgres.query("DROP OWNED BY replica, exporter; DROP ROLE replica, exporter, guest");
});

test("what the tenant makes belongs to the role that outlasts its logins", async () => {
  await postgres.query("CREATE TABLE lasting (id int)", loginOf("reference-1"));
  expect(
    await postgres.query(
      "SELECT tableowner FROM pg_tables WHERE tablename = 'lasting'",
      loginOf("reference-1"),
    ),
  ).toEqual([{ tableowner: "tenant_reference-1" }]);
});

test("vectors are found by their nearness, over an index", async () => {
  await withSession(postgres, loginOf("reference-1"), async (session) => {
    await session.query("CREATE TABLE memories (id int PRIMARY KEY, embedding vector(8))");
    await session.query(
      `INSERT INTO memories
       SELECT i, (SELECT array_agg(sin(i * d))::real[]::vector FROM generate_series(1, 8) d) FROM generate_series(1, 2000) i`,
    );
    await session.query("CREATE INDEX nearest ON memories USING hnsw (embedding vector_l2_ops)");
    const search =
      "SELECT id FROM memories ORDER BY embedding <-> (SELECT embedding FROM memories WHERE id = 7) LIMIT 3";
    const exact = await session.query(`SET enable_indexscan = off; ${search}`);
    await session.query("SET enable_indexscan = on; SET enable_seqscan = off");
    const plan = await session.query(`EXPLAIN ${search}`);
    expect(JSON.stringify(plan.rows)).toContain("Index Scan using nearest");
    const found = await session.query(search);
    expect(found.rows[0]).toEqual({ id: 7 });
    expect(Array.isArray(exact) ? exact[1].rows[0] : undefined).toEqual({ id: 7 });
  });
});

describe("provisioning", () => {
  test("run twice changes nothing and says nothing", async () => {
    expect(await succeed(postgres, "provision", "reference-1")).toBe("");
    expect(await databaseState(postgres, "reference-1")).toEqual(reference);
  });

  test("of many tenants at once succeeds for each", async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `crowd-${index}`);
    await Promise.all(ids.map((id) => succeed(postgres, "provision", id)));
    for (const id of ids) {
      expect(await databaseState(postgres, id)).toEqual(reference);
    }
  });

  test("of one tenant twice at once ends well, at the latest when it is run again", async () => {
    await Promise.all([runJob(postgres, "provision", "twin"), runJob(postgres, "provision", "twin")]);
    await succeed(postgres, "provision", "twin");
    expect(await databaseState(postgres, "twin")).toEqual(reference);
  });

  test("killed anywhere and run again ends where an undisturbed one does", { timeout: 300_000 }, async () => {
    let killed = 0;
    for (let index = 0; index < 15; index++) {
      const id = `killed-${index}`;
      const run = runJob(postgres, "provision", id);
      killed += await killAfter(index * 20, "openclaw-provision");
      await run;
      await succeed(postgres, "provision", id);
      expect(await databaseState(postgres, id), `killed after ${index * 20} ms`).toEqual(reference);
    }
    expect(killed).toBeGreaterThan(5);
  });

  test.each([
    ["the longest id", `${"long-".repeat(7)}longx`],
    ["one character", "a"],
    ["digits", "0-0"],
    ["a keyword", "select"],
    ["a predefined role's name", "pg-read-all-data"],
    ["quotes and comments, which no id may have", `q"'; DROP ROLE "tenant_reference-1" -- \\`],
    ["letters of psql's own, which no id may have", ":'verifier' \\\\quit %I"],
  ])("works with %s", async (_, id) => {
    await succeed(postgres, "provision", id, { epoch: 123_456 });
    expect(await postgres.query("SELECT current_user, session_user", loginOf(id, 123_456))).toEqual([
      { current_user: `tenant_${id}`, session_user: `tenant_${id}_e123456` },
    ]);
    await succeed(postgres, "retire", id, { epoch: 7 });
    await succeed(postgres, "drop", id);
    expect(await rolesBeginningWith(`tenant_${id}`)).toEqual([]);
    expect(await rolesBeginningWith("tenant_reference-1")).toHaveLength(4);
  });

  test("says the server's own words when it fails", async () => {
    const administrator = { user: "openclaw_admin", password: "wrong" };
    const { code, stderr } = await runJob(postgres, "provision", "nobody", { administrator });
    expect(code).not.toBe(0);
    expect(stderr).toContain('password authentication failed for user "openclaw_admin"');
  });
});

describe("a rotation", () => {
  test("lets both credentials in until the old one is retired, and keeps what either made", async () => {
    await succeed(postgres, "provision", "rotated");
    await postgres.query("CREATE TABLE notes (body text)", loginOf("rotated", 1));
    await succeed(postgres, "provision", "rotated", { epoch: 2 });
    await postgres.query("INSERT INTO notes VALUES ('old login')", loginOf("rotated", 1));
    await postgres.query("INSERT INTO notes VALUES ('new login')", loginOf("rotated", 2));
    await succeed(postgres, "retire", "rotated", { epoch: 2 });
    await succeed(postgres, "retire", "rotated", { epoch: 2 });
    expect(await refusal(postgres.query("SELECT", loginOf("rotated", 1)))).toContain("no pg_hba.conf entry");
    expect(await refusal(postgres.query("SELECT", backupLoginOf("rotated", 1)))).toContain(
      "no pg_hba.conf entry",
    );
    expect(await postgres.query("SELECT count(*)::int FROM notes", loginOf("rotated", 2))).toEqual([
      { count: 2 },
    ]);
  });

  test("under a client that writes all the time loses no write that was acknowledged", async () => {
    await succeed(postgres, "provision", "writer");
    await postgres.query("CREATE TABLE writes (number int)", loginOf("writer", 1));
    let epoch = 1;
    let goesOn = true;
    let failures = 0;
    const acknowledged: number[] = [];
    const client = (async () => {
      for (let number = 0; goesOn; ) {
        try {
          // As a pod that is replaced: whatever credential is current when it connects.
          await withSession(postgres, loginOf("writer", epoch), async (session) => {
            while (goesOn) {
              await session.query("INSERT INTO writes VALUES ($1)", [number]);
              acknowledged.push(number++);
            }
          });
        } catch {
          failures++;
        }
      }
    })();
    await succeed(postgres, "provision", "writer", { epoch: 2 });
    epoch = 2;
    await succeed(postgres, "retire", "writer", { epoch: 2 });
    await succeed(postgres, "provision", "writer", { epoch: 3 });
    epoch = 3;
    await succeed(postgres, "retire", "writer", { epoch: 3 });
    goesOn = false;
    await client;
    const rows = await postgres.query("SELECT number FROM writes ORDER BY number", loginOf("writer", 3));
    const written = new Set(rows.map(({ number }) => number));
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(acknowledged.filter((number) => !written.has(number))).toEqual([]);
    // One for each session that a retirement ended: no moment in which neither credential was good.
    expect(failures).toBeLessThanOrEqual(2);
  });

  test("retires a login although it made things that are nobody else's, and others refer to it", async () => {
    await succeed(postgres, "provision", "clinging");
    await withSession(postgres, loginOf("clinging"), async (session) => {
      await session.query('CREATE TABLE kept (id int); GRANT SELECT ON kept TO "tenant_clinging_e1"');
      await session.query('CREATE POLICY mine ON kept TO "tenant_clinging_e1" USING (true)');
      await session.query('RESET ROLE; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO "tenant_clinging"');
    });
    // A neighbour can name it too, in a database that nothing here connects to.
    await postgres.query("CREATE TABLE bait (id int)", loginOf("reference-1"));
    await postgres.query('GRANT ALL ON bait TO "tenant_clinging_e1"', loginOf("reference-1"));
    await succeed(postgres, "provision", "clinging", { epoch: 2 });
    expect(await succeed(postgres, "retire", "clinging", { epoch: 2 })).toContain(
      "role tenant_clinging_e1 stays, without a login",
    );
    expect(await refusal(postgres.query("SELECT", loginOf("clinging", 1)))).toContain(
      "password authentication failed",
    );
    await postgres.query("DROP TABLE bait", loginOf("reference-1"));
    await succeed(postgres, "retire", "clinging", { epoch: 2 });
    expect(await rolesBeginningWith("tenant_clinging")).toEqual([
      "tenant_clinging",
      "tenant_clinging_backup",
      "tenant_clinging_backup_e2",
      "tenant_clinging_e2",
    ]);
  });
});

describe("a locked tenant", () => {
  test("that never had a database gets none", async () => {
    await succeed(postgres, "provision", "never", { access: "locked" });
    expect(await rolesBeginningWith("tenant_never")).toEqual([]);
  });

  test("is out at once, its backup is not, and it finds everything when it is open again", async () => {
    await succeed(postgres, "provision", "paused");
    const session = await postgres.connect(loginOf("paused"));
    await session.query("CREATE TABLE notes (body text)");
    await succeed(postgres, "provision", "paused", { access: "locked" });
    expect(await refusal(session.query("SELECT"))).toMatch(/terminat|connection error/);
    expect(await refusal(postgres.query("SELECT", loginOf("paused")))).toContain(
      "password authentication failed",
    );
    expect(await postgres.query('SELECT * FROM "tenant_paused".notes', backupLoginOf("paused"))).toEqual([]);
    await succeed(postgres, "provision", "paused");
    expect(await postgres.query("SELECT * FROM notes", loginOf("paused"))).toEqual([]);
    expect(await databaseState(postgres, "paused")).toEqual(reference);
  });

  test("is locked although it holds locks on all it has", async () => {
    await succeed(postgres, "provision", "stubborn");
    const session = await postgres.connect(loginOf("stubborn"));
    await session.query("CREATE TABLE notes (body text); BEGIN; LOCK TABLE notes IN ACCESS EXCLUSIVE MODE");
    await session.query("SELECT pg_advisory_lock(hashtext('openclaw'), hashtext('provisioning'))");
    await succeed(postgres, "provision", "stubborn", { access: "locked" });
    expect(await refusal(session.query("SELECT"))).toMatch(/terminat|connection error/);
  });
});

describe("dropping", () => {
  test("removes the database and every role, whoever is connected, and can be repeated", async () => {
    await succeed(postgres, "provision", "gone");
    await succeed(postgres, "provision", "gone", { epoch: 2 });
    await postgres.connect(loginOf("gone"));
    await succeed(postgres, "drop", "gone");
    await succeed(postgres, "drop", "gone");
    expect(await rolesBeginningWith("tenant_gone")).toEqual([]);
    expect(await postgres.query("SELECT FROM pg_database WHERE datname = 'tenant_gone'")).toEqual([]);
  });

  test("leaves the neighbour whose id begins alike", async () => {
    await succeed(postgres, "provision", "acme");
    await succeed(postgres, "provision", "acme-2", { epoch: 2 });
    await succeed(postgres, "retire", "acme", { epoch: 3 });
    await succeed(postgres, "drop", "acme");
    expect(await postgres.query("SELECT current_user", loginOf("acme-2", 2))).toEqual([
      { current_user: "tenant_acme-2" },
    ]);
  });

  test("killed half-way, a database that can only be dropped is no obstacle to a new one", async () => {
    await succeed(postgres, "provision", "halved");
    // What PostgreSQL leaves when a DROP DATABASE is killed.
    await postgres.query("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'tenant_halved'");
    await succeed(postgres, "provision", "halved");
    expect(await databaseState(postgres, "halved")).toEqual(reference);
  });
});

test("the backup's login dumps the schema, tables with row-level security too, and writes nothing", async () => {
  await succeed(postgres, "provision", "saved");
  await postgres.query(
    `CREATE TABLE memories (id int, body text, embedding vector(3));
     INSERT INTO memories VALUES (1, 'the word is heron', '[1,2,3]');
     ALTER TABLE memories ENABLE ROW LEVEL SECURITY; ALTER TABLE memories FORCE ROW LEVEL SECURITY`,
    loginOf("saved"),
  );
  const dump = await postgres.program(
    "pg_dump",
    ["--schema=tenant_saved", "--no-owner", "--no-privileges"],
    postgres.environment(backupLoginOf("saved")),
  );
  expect(dump).toMatchObject({ code: 0, stderr: "" });
  expect(dump.stdout).toContain("1\tthe word is heron\t[1,2,3]");
  const write = 'BEGIN READ WRITE; INSERT INTO "tenant_saved".memories VALUES (2)';
  expect(await refusal(postgres.query(write, backupLoginOf("saved")))).toContain(
    "permission denied for table memories",
  );
  const other = { ...backupLoginOf("saved"), database: "tenant_reference-1" };
  expect(await refusal(postgres.query("SELECT", other))).toContain("no pg_hba.conf entry");
});

/** Ends the backends of an application, after a while. @returns how many there were */
async function killAfter(milliseconds: number, application: string): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const ended = await postgres.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${application}'`,
  );
  return ended.length;
}

const rolesBeginningWith = async (name: string): Promise<unknown[]> =>
  withSession(postgres, undefined, async (session) => {
    const statement = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY rolname";
    const { rows } = await session.query(statement, [name]);
    return rows.map(({ rolname }) => rolname);
  });
