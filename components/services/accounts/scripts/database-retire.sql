\getenv tenant_id TENANT_ID
\getenv epoch KEY_EPOCH
SELECT 'tenant_' || :'tenant_id' AS tenant \gset

-- Of every epoch but this one.
SELECT coalesce(array_agg(rolname), '{}') AS logins
  FROM pg_roles
 WHERE starts_with(rolname, :'tenant')
   AND substr(rolname, length(:'tenant') + 1) ~ '^_(backup_)?e[0-9]+$'
   AND NOT rolname ~ ('_e' || (:'epoch')::int || '$')
\gset
\ir database-shut.sql

SELECT EXISTS (SELECT FROM pg_database WHERE datname = :'tenant') AS has_database \gset
\if :has_database
  \connect :"tenant"
  -- What a login has made while it was not the tenant's role stays the tenant's.
  SELECT format('REASSIGN OWNED BY %I TO %I', login, :'tenant') FROM unnest(:'logins'::name[]) AS login \gexec
\endif
SELECT set_config('openclaw.roles', :'logins', false);
\ir database-drop-roles.sql
