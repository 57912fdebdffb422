\getenv tenant_id TENANT_ID
SELECT 'tenant_' || :'tenant_id' AS tenant, 'tenant_' || :'tenant_id' || '_backup' AS backup \gset

SELECT coalesce(array_agg(rolname), '{}') AS logins
  FROM pg_roles
 WHERE starts_with(rolname, :'tenant')
   AND substr(rolname, length(:'tenant') + 1) ~ '^_(backup_)?e[0-9]+$'
\gset
\ir database-shut.sql

DROP DATABASE IF EXISTS :"tenant" WITH (FORCE);
-- Logins before what they belong to.
SELECT set_config('openclaw.roles', (:'logins'::name[] || array_agg(rolname ORDER BY rolname DESC))::text, false)
  FROM pg_roles
 WHERE rolname IN (:'tenant', :'backup');
\ir database-drop-roles.sql
-- One that stays, because others have granted it something, is in no next tenant's way.
SELECT format('COMMENT ON ROLE %I IS %L', rolname, 'openclaw incarnation none')
  FROM pg_roles
 WHERE starts_with(rolname, :'tenant') AND substr(rolname, length(:'tenant') + 1) ~ '^(_backup)?(_e[0-9]+)?$'
\gexec
