import type { Attempt } from "./attempt.ts";

/** The hostile tenant, and the neighbour whose id begins alike. */
export const attacker = "acme";
export const victim = "acme-2";

const own = `"tenant_${attacker}"`;
const other = `"tenant_${victim}"`;
const otherLogin = `"tenant_${victim}_e1"`;

const denied = /permission denied/;
const byAdministrator = { by: "administrator" } as const;
const byVictim = { by: "victim" } as const;

const refused = (
  name: string,
  statement: string | readonly string[],
  refusal: Attempt["refusal"],
  stoppedBy: string,
  control: Attempt["control"] = byAdministrator,
): Attempt => ({
  name,
  statements: typeof statement === "string" ? [statement] : statement,
  refusal,
  stoppedBy,
  control,
});

/** A control by the administrator that leaves nothing behind. */
const undone = (...statements: readonly string[]): Attempt["control"] => ({
  by: "administrator",
  statements: ["BEGIN", ...statements, "ROLLBACK"],
});

const away = "a database of its own";

export const data: readonly Attempt[] = [
  refused(
    "list schemas",
    `SELECT FROM pg_namespace WHERE nspname = 'tenant_${victim}'`,
    "no row",
    away,
    byVictim,
  ),
  refused("list tables", "SELECT FROM pg_tables WHERE tablename = 'secrets'", "no row", away, byVictim),
  refused(
    "list columns",
    "SELECT FROM information_schema.columns WHERE table_name = 'secrets'",
    "no row",
    away,
    byVictim,
  ),
  refused(
    "list tables by number",
    "SELECT FROM generate_series(16384, 30000) i WHERE i::regclass::text ~ 'secrets'",
    "no row",
    away,
    byVictim,
  ),
  refused("list functions", "SELECT FROM pg_proc WHERE proname = 'confidential'", "no row", away, byVictim),
  refused("read statistics", "SELECT FROM pg_stats WHERE tablename = 'secrets'", "no row", away, byVictim),
  refused("qualified name", `SELECT * FROM ${other}.secrets`, /does not exist/, away, byVictim),
  refused(
    "name with the database",
    `SELECT * FROM ${other}.${other}.secrets`,
    /cross-database/,
    away,
    byVictim,
  ),
  refused(
    "search_path",
    [`SET search_path = ${other}`, "SELECT * FROM secrets"],
    /does not exist/,
    away,
    byVictim,
  ),
  refused("temporary table", "SELECT * FROM pg_temp.draft", /does not exist/, away, {
    by: "victim",
    statements: ["CREATE TEMPORARY TABLE draft (id int)", "SELECT * FROM pg_temp.draft"],
  }),
  refused(
    "another's temporary schema",
    "SELECT FROM pg_namespace WHERE nspname ~ '^pg_temp' AND nspname ~ 'draft|[0-9]'",
    "no row",
    away,
    {
      by: "victim",
      statements: [
        "CREATE TEMPORARY TABLE draft (id int)",
        "SELECT FROM pg_namespace WHERE nspname ~ '^pg_temp'",
      ],
    },
  ),
];

const notMember = "no membership";

export const identities: readonly Attempt[] = [
  refused("SET ROLE neighbour", `SET ROLE ${other}`, denied, notMember),
  refused("SET ROLE neighbour's login", `SET ROLE ${otherLogin}`, denied, notMember),
  refused("SET ROLE administrator", "SET ROLE openclaw_admin", denied, notMember),
  refused("SET ROLE pg_read_all_data", "SET ROLE pg_read_all_data", denied, notMember),
  refused("set_config('role')", `SELECT set_config('role', 'tenant_${victim}', false)`, denied, notMember),
  refused("SET SESSION AUTHORIZATION", `SET SESSION AUTHORIZATION ${otherLogin}`, denied, "only superusers"),
  refused(
    "grant oneself the neighbour",
    `GRANT ${other} TO CURRENT_USER`,
    denied,
    "no ADMIN option",
    undone(`GRANT ${other} TO ${own}`),
  ),
  refused(
    "grant oneself pg_execute_server_program",
    "GRANT pg_execute_server_program TO CURRENT_USER",
    denied,
    "no ADMIN option",
    undone(`GRANT pg_execute_server_program TO ${own}`),
  ),
  ...["SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION", "CONNECTION LIMIT -1"].map(
    (attribute) =>
      refused(
        `ALTER ROLE … ${attribute}`,
        `ALTER ROLE "tenant_${attacker}_e1" ${attribute}`,
        denied,
        "no CREATEROLE",
        undone(`ALTER ROLE "tenant_${attacker}_e1" ${attribute}`),
      ),
  ),
  refused(
    "neighbour's password",
    `ALTER ROLE ${otherLogin} PASSWORD 'known'`,
    denied,
    "no CREATEROLE",
    undone(`ALTER ROLE ${otherLogin} PASSWORD 'known'`),
  ),
  refused(
    "neighbour's settings",
    `ALTER ROLE ${otherLogin} SET search_path = public`,
    denied,
    "no CREATEROLE",
    undone(`ALTER ROLE ${otherLogin} SET search_path = public`),
  ),
  refused(
    "settings of every role",
    "ALTER ROLE ALL SET search_path = public",
    denied,
    "only superusers",
    undone("ALTER ROLE ALL SET search_path = public"),
  ),
  refused(
    "CREATE ROLE",
    "CREATE ROLE intruder LOGIN",
    denied,
    "no CREATEROLE",
    undone("CREATE ROLE intruder LOGIN"),
  ),
  refused(
    "verifiers in pg_authid",
    "SELECT rolpassword FROM pg_authid",
    denied,
    "PostgreSQL's own privileges",
  ),
  refused("verifiers in pg_shadow", "SELECT passwd FROM pg_shadow", denied, "PostgreSQL's own privileges"),
  refused(
    "SECURITY DEFINER function of the administrator's",
    [
      "BEGIN",
      "CREATE FUNCTION trap() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text'",
      "ALTER FUNCTION trap() OWNER TO openclaw_admin",
    ],
    /must be able to SET ROLE/,
    notMember,
  ),
  refused(
    "function that sets another role",
    [
      "BEGIN",
      `CREATE FUNCTION trap() RETURNS text LANGUAGE sql SET role = 'tenant_${victim}' AS 'SELECT current_user::text'`,
      "SELECT trap()",
    ],
    denied,
    notMember,
  ),
  refused(
    "give a table to the neighbour",
    ["BEGIN", "CREATE TABLE gift (id int)", `ALTER TABLE gift OWNER TO ${other}`],
    /must be able to SET ROLE/,
    notMember,
    undone(`CREATE TABLE ${own}.gift (id int)`, `ALTER TABLE ${own}.gift OWNER TO ${own}`),
  ),
];

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

const isLetIn = `SELECT WHERE has_database_privilege('tenant_${victim}', current_database(), 'CONNECT')`;

export const walls: readonly Attempt[] = [
  refused(
    "schema of its own choice",
    "CREATE SCHEMA elsewhere",
    denied,
    "no CREATE on the database",
    undone("CREATE SCHEMA elsewhere"),
  ),
  refused(
    "table in public",
    "CREATE TABLE public.t (id int)",
    denied,
    "public is closed",
    undone("CREATE TABLE public.t (id int)"),
  ),
  refused(
    "function beside the extension's",
    "CREATE FUNCTION extensions.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    denied,
    "the administrator's schema",
    undone("CREATE FUNCTION extensions.f() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
  ),
  refused(
    "pass the schema on",
    [
      `GRANT ALL ON SCHEMA ${own} TO ${other}`,
      `SELECT FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'tenant_${attacker}' AND grantee = '${other}'::regrole`,
    ],
    "no row",
    "the administrator owns it",
    {
      by: "administrator",
      statements: [
        "BEGIN",
        `GRANT ALL ON SCHEMA ${own} TO ${other}`,
        `SELECT FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'tenant_${attacker}' AND grantee = '${other}'::regrole`,
      ],
    },
  ),
  refused(
    "let the neighbour into its database",
    [`GRANT CONNECT ON DATABASE ${own} TO ${other}`, isLetIn],
    "no row",
    "the administrator owns it",
    { by: "administrator", statements: ["BEGIN", `GRANT CONNECT ON DATABASE ${own} TO ${other}`, isLetIn] },
  ),
  refused(
    "open the catalogs again",
    "GRANT SELECT ON pg_catalog.pg_database TO CURRENT_USER",
    denied,
    "the administrator owns them",
    undone(`GRANT SELECT ON pg_catalog.pg_database TO ${own}`),
  ),
  refused(
    "publication",
    "CREATE PUBLICATION p",
    denied,
    "no CREATE on the database",
    undone("CREATE PUBLICATION p"),
  ),
  refused(
    "subscription",
    "CREATE SUBSCRIPTION s CONNECTION 'host=192.0.2.1' PUBLICATION p",
    denied,
    "pg_create_subscription",
    undone("CREATE SUBSCRIPTION s CONNECTION 'host=192.0.2.1' PUBLICATION p WITH (connect = false)"),
  ),
  refused("temp_file_limit off", "SET temp_file_limit = -1", denied, "only superusers set it"),
  refused(
    "temp_file_limit off for good",
    `ALTER ROLE "tenant_${attacker}_e1" SET temp_file_limit = -1`,
    denied,
    "only superusers set it",
    undone(`ALTER ROLE "tenant_${attacker}_e1" SET temp_file_limit = -1`),
  ),
  refused(
    "sort more than there may be of temporary files",
    "SELECT * FROM (SELECT md5(i::text) m FROM generate_series(1, 900000) i ORDER BY 1) x OFFSET 899999",
    /temp_file_limit/,
    "temp_file_limit",
  ),
  refused(
    "prepared transaction, which holds its locks for ever",
    ["BEGIN", "CREATE TABLE held (id int)", "PREPARE TRANSACTION 'held'"],
    /disabled/,
    "max_prepared_transactions = 0",
    {
      by: "attacker",
      statements: ["BEGIN", "CREATE TABLE held (id int)", "ROLLBACK"],
    },
  ),
];

/** What would tell of neighbours. */
export const catalogs: readonly Attempt[] = [
  ...[
    "pg_database",
    "pg_roles",
    "pg_user",
    "pg_group",
    "pg_auth_members",
    "pg_db_role_setting",
    "pg_shdescription",
  ],
  ...[
    "pg_shdepend",
    "pg_stat_activity",
    "pg_stat_database",
    "pg_stat_ssl",
    "pg_stat_progress_vacuum",
    "pg_locks",
  ],
].map((name) =>
  refused(`SELECT FROM ${name}`, `SELECT FROM ${name} LIMIT 1`, denied, "closed by database-superuser.sql"),
);
