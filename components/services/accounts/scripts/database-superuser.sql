-- What only a superuser may do. A managed server's administrator is none: there a WARNING says what is left undone, and
-- everything else holds.
SELECT set_config('openclaw.login', :'login', false),
       set_config('openclaw.tenant', :'tenant', false),
       set_config('openclaw.backup', :'backup', false),
       set_config('openclaw.backup_login', :'backup_login', false),
       set_config('openclaw.temp_file_limit', :'temp_file_limit' || 'MB', false);

DO $$
DECLARE
  login text := current_setting('openclaw.login');
  tenant text := current_setting('openclaw.tenant');
  backup text := current_setting('openclaw.backup');
  statement text;
BEGIN
  FOREACH statement IN ARRAY ARRAY[
    -- A login cannot change this one for itself, nor reset it.
    format('ALTER ROLE %I SET temp_file_limit = %L', login, current_setting('openclaw.temp_file_limit')),
    -- A table with row-level security is in the backup as well.
    format('ALTER ROLE %I BYPASSRLS', current_setting('openclaw.backup_login')),
    'ALTER EXTENSION vector UPDATE'
  ] LOOP
    BEGIN
      EXECUTE statement;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'not done, % is no superuser: % (%)', current_user, statement, sqlerrm;
    END;
  END LOOP;

  -- Backups read all there is in the database that they are let into; or else, what the tenant leaves readable.
  BEGIN
    EXECUTE format('GRANT pg_read_all_data TO %I', backup);
  EXCEPTION WHEN insufficient_privilege THEN
    FOREACH statement IN ARRAY ARRAY[
      'GRANT USAGE ON SCHEMA %2$I TO %1$I',
      'GRANT SELECT ON ALL TABLES IN SCHEMA %2$I TO %1$I',
      'GRANT SELECT ON ALL SEQUENCES IN SCHEMA %2$I TO %1$I',
      'ALTER DEFAULT PRIVILEGES FOR ROLE %2$I IN SCHEMA %2$I GRANT SELECT ON TABLES TO %1$I',
      'ALTER DEFAULT PRIVILEGES FOR ROLE %2$I IN SCHEMA %2$I GRANT SELECT ON SEQUENCES TO %1$I'
    ] LOOP
      EXECUTE format(statement, backup, tenant);
    END LOOP;
  END;
END
$$;

-- Catalogs that know of other databases and roles, functions that know of others' sessions, and large objects, which lie
-- outside of every schema and so of every backup. In this database alone: each has privileges of its own on them.
DO $$
DECLARE
  backup text := current_setting('openclaw.backup');
  closed record;
  left_open text[] := '{}';
BEGIN
  FOR closed IN
    SELECT 'TABLE' AS kind, oid::regclass::text AS name, relowner AS owner, coalesce(relacl, acldefault('r', relowner)) AS acl
      FROM pg_class
     WHERE relnamespace = 'pg_catalog'::regnamespace
       AND relname ~ ('^pg_(database|roles|user|group|auth_members|db_role_setting|shdepend|shdescription|shseclabel'
                      '|locks|prepared_xacts|replication_origin.*|replication_slots|stat_activity|stat_database.*|stat_gssapi'
                      '|stat_progress_.*|stat_replication.*|stat_ssl|stat_subscription.*|stat_wal_receiver|subscription)$')
    UNION ALL
    SELECT 'FUNCTION', oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
      FROM pg_proc
     WHERE pronamespace = 'pg_catalog'::regnamespace
       AND proname ~ ('^(pg_stat_get_(activity|progress_info|wal_senders|wal_receiver|subscription.*|replication_slot|db_.*|backend_.*)'
                      '|pg_lock_status|pg_prepared_xact|pg_get_replication_slots|pg_tablespace_databases|pg_show_replication_origin_status'
                      '|lo_create|lo_creat|lo_from_bytea|lo_import|lo_export)$')
  LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM aclexplode(closed.acl) WHERE grantee = 0);
    IF pg_has_role(closed.owner, 'USAGE') THEN
      EXECUTE format('REVOKE ALL ON %s pg_catalog.%s FROM PUBLIC', closed.kind, closed.name);
    ELSE
      left_open := left_open || closed.name;
    END IF;
  END LOOP;
  IF cardinality(left_open) > 0 THEN
    RAISE WARNING '% catalogs and functions stay open, % is no superuser: %',
      cardinality(left_open), current_user, array_to_string(left_open[1:8], ', ') || ' …';
  ELSE
    -- pg_dump asks these.
    EXECUTE format('GRANT SELECT ON pg_catalog.pg_roles, pg_catalog.pg_database TO %I', backup);
  END IF;
END
$$;
