import type { Attempt } from "../attempt.ts";
import { attacker, denied, other, own, refused, undone, victim } from "./words.ts";

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

/** Names that would reveal neighbours. */
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
