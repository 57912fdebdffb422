import type { Postgres } from "./servers/postgres.ts";

/**
 * All that the provisioning of a tenant decides, in the tenant's terms (`<id>`): two tenants that were provisioned alike
 * have equal states, whatever happened on the way.
 */
export async function databaseState(postgres: Postgres, id: string): Promise<unknown> {
  const name = `tenant_${id}`;
  const roles = await postgres.query(`
    SELECT rolname, rolcanlogin, rolinherit, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
           rolconnlimit, rolpassword IS NOT NULL AS has_password, setconfig,
           (SELECT array_agg(format('%s inherit=%s set=%s admin=%s', r.rolname, inherit_option, set_option, admin_option)
                             ORDER BY r.rolname)
              FROM pg_auth_members JOIN pg_roles r ON r.oid = roleid WHERE member = a.oid) AS member_of
      FROM pg_authid a LEFT JOIN pg_db_role_setting ON setrole = a.oid
     WHERE starts_with(rolname, '${name}') AND rolname ~ '^${name}(_(backup_)?e[0-9]+|_backup)?$'
     ORDER BY rolname`);
  const [database] = await postgres.query(`
    SELECT datallowconn, datconnlimit, datacl::text AS acl, pg_get_userbyid(datdba) AS owner
      FROM pg_database WHERE datname = '${name}'`);
  const inside =
    database === undefined
      ? []
      : await postgres.query(
          `SELECT (SELECT json_agg(json_build_array(nspname, nspacl::text, pg_get_userbyid(nspowner)) ORDER BY nspname)
                     FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema') AS schemas,
                  (SELECT json_agg(json_build_array(extname, extnamespace::regnamespace) ORDER BY extname)
                     FROM pg_extension) AS extensions,
                  (SELECT json_agg(oid::regclass::text ORDER BY oid::regclass::text) FROM pg_class
                    WHERE relnamespace = 'pg_catalog'::regnamespace AND NOT has_table_privilege('public', oid, 'SELECT')
                  ) AS closed_catalogs,
                  (SELECT json_agg(oid::regprocedure::text ORDER BY oid::regprocedure::text) FROM pg_proc
                    WHERE pronamespace = 'pg_catalog'::regnamespace
                      AND NOT has_function_privilege('public', oid, 'EXECUTE')) AS closed_functions`,
          { database: name },
        );
  // Names stand in quotes where their letters ask for it.
  const text = JSON.stringify({ roles, database, inside }).replaceAll(/\\+"/g, "");
  return JSON.parse(text.replaceAll(name, "tenant_<id>"));
}
