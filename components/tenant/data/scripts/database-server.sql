-- What everybody may do unless it is taken away: connect to each database and make temporary tables there.
DO $$
DECLARE
  open_database name;
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
END
$$;
