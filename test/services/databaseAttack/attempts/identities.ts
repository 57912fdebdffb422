import type { Attempt } from "../attempt.ts";
import { attacker, denied, other, otherLogin, own, refused, undone, victim } from "./words.ts";

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
