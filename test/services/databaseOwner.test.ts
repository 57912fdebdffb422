import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databaseState } from "./databaseState.ts";
import { type JobChoices, loginOf, runJob, succeed } from "./databaseTenant.ts";
import { incarnationOf } from "./servers/owner.ts";
import { Postgres } from "./servers/postgres.ts";

const manager = { user: "manager", password: "of-the-cloud" };

/** What is there by a tenant's names is refused or taken, by a superuser and by a managed server's administrator alike. */
describe.each([
  ["a server of the cluster", undefined],
  ["a managed server", manager],
] as const)("on %s", (_, administrator) => {
  let postgres: Postgres;
  const choices: JobChoices = administrator === undefined ? {} : { administrator };

  beforeAll(async () => {
    postgres = await Postgres.start(
      administrator === undefined
        ? {}
        : {
            files: { "pg_hba.conf": "hostssl all all all scram-sha-256\nlocal all all scram-sha-256\n" },
            trusted: ["vector"],
          },
    );
    if (administrator !== undefined) {
      await postgres.query(`CREATE ROLE manager LOGIN CREATEROLE CREATEDB PASSWORD '${manager.password}'`);
      await postgres.query("ALTER DATABASE openclaw OWNER TO manager");
    }
  });

  afterAll(() => postgres.stop());

  const provision = (id: string, more: JobChoices = {}) =>
    succeed(postgres, "provision", id, { ...choices, ...more });

  /** Everything that a refusal must leave as it is, comments and passwords included. */
  const everything = async (id: string): Promise<unknown> => [
    await databaseState(postgres, id),
    await postgres.query(
      `SELECT rolname, rolpassword, shobj_description(oid, 'pg_authid') AS mark FROM pg_authid WHERE starts_with(rolname, 'tenant_${id}') ORDER BY rolname`,
    ),
    await marksOfDatabases(id),
  ];
  const marksOfDatabases = (id: string) =>
    postgres.query(
      `SELECT datname, shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE starts_with(datname, 'tenant_${id}') ORDER BY datname`,
    );
  const marked = (id: string, life = 1) => `openclaw incarnation ${incarnationOf(id, life)}`;

  async function refused(id: string, more: JobChoices = {}): Promise<string> {
    const before = await everything(id);
    const result = await runJob(postgres, "provision", id, { ...choices, ...more });
    expect(result).toMatchObject({ code: 10, stdout: "" });
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
    expect(await everything(id)).toEqual(before);
    return result.stderr;
  }

  test("a former tenant's database is not given to the next one of its id, whatever its state", async () => {
    await provision("robin");
    await postgres.query("CREATE TABLE letters (body text)", loginOf("robin"));
    const next = { incarnation: incarnationOf("robin", 2) };
    const said = await refused("robin", next);
    expect(said).toContain(`the database tenant_robin (${marked("robin")})`);
    expect(said).toContain(marked("robin", 2));
    expect(said).toContain("npm run purge -- --tenant robin");
    await refused("robin", { ...next, access: "locked" });
    await refused("robin", { ...next, epoch: 2 });

    await succeed(postgres, "drop", "robin", choices);
    await provision("robin", next);
    expect(
      await postgres.query("SELECT * FROM pg_tables WHERE tablename = 'letters'", loginOf("robin")),
    ).toEqual([]);
  });

  test("a database that somebody made by hand is not taken over", async () => {
    await postgres.query(`CREATE DATABASE tenant_lark OWNER ${administrator?.user ?? "openclaw_admin"}`);
    expect(await refused("lark")).toContain("the database tenant_lark (without an owner's mark)");
  });

  test.each(["", "_backup", "_e1", "_backup_e1", "_e7"])(
    "a role tenant_<id>%s that somebody made by hand is not taken over",
    async (suffix) => {
      const id = `role${suffix.replaceAll("_", "-")}`;
      await postgres.query(`CREATE ROLE "tenant_${id}${suffix}" LOGIN PASSWORD 'of-somebody'`);
      expect(await refused(id)).toContain(`the role tenant_${id}${suffix} (without an owner's mark)`);
    },
  );

  test("a former tenant's database that a restore has set aside is refused as well", async () => {
    await provision("aside");
    await succeed(postgres, "drop", "aside", choices);
    await postgres.query(
      `CREATE DATABASE "tenant_aside_was_5" OWNER ${administrator?.user ?? "openclaw_admin"}`,
    );
    expect(await refused("aside", { incarnation: incarnationOf("aside", 2) })).toContain(
      "the database tenant_aside_was_5",
    );
  });

  test("a database of the tenant's name is refused although the tenant has its roles", async () => {
    await provision("halfway");
    await postgres.query("DROP DATABASE tenant_halfway");
    await postgres.query(`CREATE DATABASE tenant_halfway OWNER ${administrator?.user ?? "openclaw_admin"}`);
    expect(await refused("halfway")).toContain("the database tenant_halfway (without an owner's mark)");
  });

  test("killed between the database and its mark, the Job goes on", async () => {
    await provision("between");
    // What CREATE DATABASE leaves: nobody is let in, and there is no comment.
    await postgres.query("COMMENT ON DATABASE tenant_between IS NULL");
    await postgres.query("ALTER DATABASE tenant_between ALLOW_CONNECTIONS false");
    await provision("between");
    expect(await marksOfDatabases("between")).toEqual([
      { datname: "tenant_between", mark: marked("between") },
    ]);
  });

  test("what a program without marks made is refused, and with ADOPT it gets the mark and keeps its data", async () => {
    await provision("older", { incarnation: "" });
    await postgres.query("CREATE TABLE letters (body text)", loginOf("older"));
    await refused("older");
    await provision("older", { adopt: true });
    await provision("older");
    expect(await postgres.query("SELECT * FROM letters", loginOf("older"))).toEqual([]);
    // A program of before marks that comes after it leaves the mark.
    await provision("older", { incarnation: "", epoch: 2 });
    await provision("older", { epoch: 2 });
  });

  test("with ADOPT another tenant's database gets the new mark, and the former tenant is refused", async () => {
    await provision("heir");
    await postgres.query("CREATE TABLE letters (body text)", loginOf("heir"));
    await provision("heir", { incarnation: incarnationOf("heir", 2), adopt: true });
    expect(await marksOfDatabases("heir")).toEqual([{ datname: "tenant_heir", mark: marked("heir", 2) }]);
    expect(await postgres.query("SELECT * FROM letters", loginOf("heir"))).toEqual([]);
    await refused("heir");
  });

  test("the mark stays right when a restore swaps databases, and when that is undone and cleaned up", async () => {
    await provision("swapped");
    const swap = async (action: string) => {
      const script = join(
        import.meta.dirname,
        "../../components/services/accounts/scripts/restore-database.sh",
      );
      const env = {
        ...postgres.environment(administrator),
        TENANT_ID: "swapped",
        SOURCE_ID: "another",
        RESTORE_ID: "7",
      };
      expect(await postgres.program("sh", ["-eu", script, action], env)).toMatchObject({ code: 0 });
    };
    const mark = marked("swapped");
    await swap("set-aside");
    // As a restore's Job: without the variables of the mark.
    await provision("swapped", { incarnation: "" });
    await swap("open");
    await swap("close");
    expect(await marksOfDatabases("swapped")).toEqual([
      { datname: "tenant_swapped", mark },
      { datname: "tenant_swapped_was_7", mark },
    ]);
    await provision("swapped");
    await swap("put-back");
    await provision("swapped", { incarnation: "" });
    expect(await marksOfDatabases("swapped")).toEqual([
      { datname: "tenant_swapped", mark },
      { datname: "tenant_swapped_und_7", mark },
    ]);
    await swap("clean");
    await provision("swapped");
    expect(await marksOfDatabases("swapped")).toEqual([{ datname: "tenant_swapped", mark }]);
  });

  test("a role that a purge could not drop is in no next tenant's way", async () => {
    await provision("clinging");
    await provision("neighbour");
    await postgres.query("CREATE TABLE bait (id int)", loginOf("neighbour"));
    await postgres.query('GRANT ALL ON bait TO "tenant_clinging_e1"', loginOf("neighbour"));
    expect(await succeed(postgres, "drop", "clinging", choices)).toContain("role tenant_clinging_e1 stays");
    await provision("clinging", { incarnation: incarnationOf("clinging", 2) });
    await refused("clinging");
  });
});
