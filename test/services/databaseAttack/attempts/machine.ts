import type { Attempt } from "../attempt.ts";
import { denied, other, refused, undone } from "./words.ts";

const superuser = "only superusers and predefined roles";

export const machine: readonly Attempt[] = [
  refused("COPY TO PROGRAM", "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null'", denied, superuser),
  refused(
    "COPY FROM PROGRAM",
    ["CREATE TEMPORARY TABLE t (l text)", "COPY t FROM PROGRAM 'id'"],
    denied,
    superuser,
  ),
  refused(
    "COPY FROM file",
    ["CREATE TEMPORARY TABLE t (l text)", "COPY t FROM '/etc/passwd'"],
    denied,
    superuser,
  ),
  refused("COPY TO file", "COPY (SELECT 1) TO '/tmp/openclaw-copy-attempt'", denied, superuser, {
    by: "administrator",
    statements: ["COPY (SELECT 1) TO '/dev/null'"],
  }),
  refused("pg_read_file", "SELECT pg_read_file('/etc/passwd')", denied, superuser),
  refused(
    "pg_read_binary_file of its own database",
    "SELECT pg_read_binary_file('PG_VERSION')",
    denied,
    superuser,
  ),
  refused("pg_ls_dir", "SELECT pg_ls_dir('base')", denied, superuser),
  refused("pg_stat_file", "SELECT pg_stat_file('PG_VERSION')", denied, superuser),
  refused("pg_ls_waldir", "SELECT pg_ls_waldir()", denied, superuser),
  refused(
    "lo_import",
    "SELECT lo_import('/etc/passwd')",
    denied,
    superuser,
    undone("SELECT lo_import('/etc/passwd')"),
  ),
  refused(
    "lo_export",
    "SELECT lo_export(1, '/tmp/openclaw-lo-attempt')",
    denied,
    superuser,
    undone("SELECT lo_from_bytea(424242, '')", "SELECT lo_export(424242, '/dev/null')"),
  ),
  refused(
    "large object, which no backup would have",
    "SELECT lo_from_bytea(0, 'hidden')",
    denied,
    "closed by database-superuser.sql",
    undone("SELECT lo_from_bytea(0, 'hidden')"),
  ),
  ...["dblink", "postgres_fdw", "file_fdw", "adminpack", "pageinspect", "hstore"].map((extension) =>
    refused(
      `CREATE EXTENSION ${extension}`,
      `CREATE EXTENSION ${extension}`,
      /permission denied|not available/,
      "no CREATE on the database",
      undone("CREATE EXTENSION hstore"),
    ),
  ),
  refused(
    "CREATE FOREIGN DATA WRAPPER",
    "CREATE FOREIGN DATA WRAPPER w",
    denied,
    "only superusers",
    undone("CREATE FOREIGN DATA WRAPPER w"),
  ),
  refused(
    "CREATE SERVER",
    "CREATE SERVER s FOREIGN DATA WRAPPER w",
    /does not exist|denied/,
    "there is no wrapper",
    undone("CREATE FOREIGN DATA WRAPPER w", "CREATE SERVER s FOREIGN DATA WRAPPER w"),
  ),
  refused("untrusted language", "CREATE EXTENSION plpython3u", /denied|not available/, "not installed", {
    by: "attacker",
    statements: ["DO 'BEGIN END' LANGUAGE plpgsql"],
  }),
  refused(
    "function in C",
    "CREATE FUNCTION c() RETURNS int LANGUAGE c AS 'libc', 'system'",
    denied,
    "untrusted language",
    undone(
      "CREATE FUNCTION c(extensions.vector) RETURNS extensions.vector LANGUAGE c AS '$libdir/vector', 'l2_normalize'",
    ),
  ),
  refused(
    "function of the server's insides",
    "CREATE FUNCTION i(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'",
    denied,
    "untrusted language",
    undone("CREATE FUNCTION i(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'"),
  ),
  refused("LOAD", "LOAD '$libdir/auto_explain'", /not allowed/, "only superusers"),
  refused(
    "event trigger",
    [
      "BEGIN",
      "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
      "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION e()",
    ],
    denied,
    "only superusers",
    undone(
      "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
      "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION e()",
    ),
  ),
  refused(
    "ALTER SYSTEM",
    "ALTER SYSTEM SET log_statement = 'all'",
    /permission denied|not allowed/,
    "allow_alter_system = off",
    {
      by: "administrator",
      statements: ["SET log_statement = 'all'"],
    },
  ),
  refused(
    "write to the catalogs",
    "UPDATE pg_class SET relname = relname WHERE false",
    denied,
    "PostgreSQL's own privileges",
  ),
  refused("pg_reload_conf", "SELECT pg_reload_conf()", denied, superuser),
  refused("replication slot", "SELECT pg_create_physical_replication_slot('s')", denied, "no REPLICATION", {
    by: "administrator",
    statements: ["SELECT FROM pg_replication_slots"],
  }),
  refused("CREATE DATABASE", "CREATE DATABASE mine", denied, "no CREATEDB", {
    by: "administrator",
    statements: ["CREATE DATABASE attempt", "DROP DATABASE attempt"],
  }),
  refused(
    "drop the neighbour's database",
    `DROP DATABASE ${other}`,
    /must be owner/,
    "the administrator owns it",
    {
      by: "administrator",
      statements: ["CREATE DATABASE attempt", "DROP DATABASE attempt"],
    },
  ),
];
