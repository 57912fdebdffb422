\set ON_ERROR_STOP on
\getenv action ACTION
\getenv tenant TENANT_ID
\getenv source SOURCE_ID
\getenv restore RESTORE_ID

-- An id has no underscore, so these are no other tenant's.
SELECT 'tenant_' || :'tenant'                           AS "database",
       'tenant_' || :'source'                           AS dumped,
       'tenant_' || :'tenant' || '_was_' || :'restore'  AS aside,
       'tenant_' || :'tenant' || '_und_' || :'restore'  AS undone \gset
SELECT EXISTS (SELECT FROM pg_database WHERE datname = :'database')  AS is_there,
       EXISTS (SELECT FROM pg_database WHERE datname = :'aside')     AS is_aside,
       :'action' = 'set-aside'                     AS is_set_aside,
       :'action' = 'put-back'                      AS is_put_back,
       :'action' = 'clean'                         AS is_clean,
       :'action' IN ('open', 'close')
         AND :'tenant' <> :'source'                AS is_rename,
       CASE :'action' WHEN 'open' THEN 'tenant_' || :'tenant' ELSE 'tenant_' || :'source' END AS old_schema,
       CASE :'action' WHEN 'open' THEN 'tenant_' || :'source' ELSE 'tenant_' || :'tenant' END AS new_schema \gset

\if :is_set_aside
  \if :is_aside
    -- A run that was killed has set it aside already; what stands in its place is that run's.
    DROP DATABASE IF EXISTS :"database" WITH (FORCE);
  \elif :is_there
    ALTER DATABASE :"database" ALLOW_CONNECTIONS false;
    SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE datname = :'database' \gset
    SELECT pg_sleep(0.5) \g /dev/null
    ALTER DATABASE :"database" RENAME TO :"aside";
  \endif
\endif

\if :is_put_back
  \if :is_aside
    \if :is_there
      DROP DATABASE IF EXISTS :"undone" WITH (FORCE);
      ALTER DATABASE :"database" ALLOW_CONNECTIONS false;
      SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity WHERE datname = :'database' \gset
      SELECT pg_sleep(0.5) \g /dev/null
      ALTER DATABASE :"database" RENAME TO :"undone";
    \endif
    ALTER DATABASE :"aside" RENAME TO :"database";
  \endif
  -- Also after a run that was killed between the two.
  ALTER DATABASE :"database" ALLOW_CONNECTIONS true;
\endif

\if :is_clean
  SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname) FROM pg_database
   WHERE starts_with(datname, :'database' || '_was_') OR starts_with(datname, :'database' || '_und_') \gexec
\endif

\if :is_rename
  \connect :"database"
  SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :'old_schema')
     AND NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = :'new_schema') AS is_due \gset
  \if :is_due
    ALTER SCHEMA :"old_schema" RENAME TO :"new_schema";
  \endif
\endif
