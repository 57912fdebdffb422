-- What everybody may do unless it is taken away: connect to each database and make temporary tables there.
--
-- Logins that keep the server going or look after it, as an operator makes them, come in all the same: replicas connect to
-- a database while they wait for a new primary. No tenant's login is one, and no tenant's database is meant.
DO $$
DECLARE
  open_database name;
  login name;
BEGIN
  FOR open_database IN
    SELECT datname
      FROM pg_database
     WHERE datallowconn
       AND EXISTS (SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE grantee = 0)
  LOOP
    IF pg_has_role((SELECT datdba FROM pg_database WHERE datname = open_database), 'USAGE') THEN
      EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', open_database);
    ELSE
      RAISE WARNING 'database % stays open to every login: it is not ours to close', open_database;
    END IF;
  END LOOP;
  FOR open_database, login IN
    SELECT datname, rolname
      FROM pg_database, pg_roles
     WHERE datallowconn
       AND datname !~ '^tenant_'
       AND pg_has_role(datdba, 'USAGE')
       AND rolcanlogin
       AND (rolreplication OR pg_has_role(pg_roles.oid, 'pg_monitor', 'MEMBER'))
       AND NOT has_database_privilege(pg_roles.oid, pg_database.oid, 'CONNECT')
  LOOP
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', open_database, login);
  END LOOP;
END
$$;
