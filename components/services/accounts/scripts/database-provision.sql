\getenv tenant_id TENANT_ID
\getenv epoch KEY_EPOCH
\getenv access ACCESS
\getenv verifier DATABASE_VERIFIER
\getenv backup_verifier DATABASE_BACKUP_VERIFIER
\getenv connection_limit CONNECTION_LIMIT
\getenv temp_file_limit TEMP_FILE_LIMIT_MIB
\set maintenance :DBNAME
SELECT 'tenant_' || :'tenant_id' AS tenant,
       'tenant_' || :'tenant_id' || '_backup' AS backup,
       'tenant_' || :'tenant_id' || '_e' || (:'epoch')::int AS login,
       'tenant_' || :'tenant_id' || '_backup_e' || (:'epoch')::int AS backup_login,
       :'access' = 'open' AS is_open
\gset

-- One Job after the other until there is a database: they share rows of the catalogs. Ends with the connection.
SET lock_timeout = '4min';
SELECT pg_advisory_lock(hashtext('openclaw'), hashtext('provisioning'));
RESET lock_timeout;
\ir database-owner.sql
\if :is_refused
  \quit
\endif
\ir database-mark.sql

-- A tenant that is locked and never had a database gets none.
SELECT NOT :'is_open'::bool AND NOT EXISTS (SELECT FROM pg_database WHERE datname = :'tenant') AS is_nothing \gset
\if :is_nothing
  \quit
\endif

\ir database-server.sql

-- No role is there without its owner's mark, wherever this is killed.
BEGIN;
-- The lasting roles: the owner of all the tenant makes, and what backups read with.
SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY[:'tenant', :'backup']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE :"tenant" NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE;
ALTER ROLE :"backup" NOLOGIN INHERIT NOCREATEDB NOCREATEROLE;

-- The logins, shut until there is something to let them into.
SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY[:'login', :'backup_login']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec
ALTER ROLE :"login" NOINHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT :connection_limit PASSWORD :'verifier';
ALTER ROLE :"backup_login" INHERIT NOCREATEDB NOCREATEROLE CONNECTION LIMIT 3 PASSWORD :'backup_verifier';
\ir database-mark.sql
COMMIT;

-- A login becomes the tenant's role and has no rights of its own. The backup belongs to the tenant in name only, which
-- is how pg_hba.conf finds the database that it may go to.
GRANT :"tenant" TO :"login" WITH INHERIT FALSE, SET TRUE, ADMIN FALSE;
GRANT :"tenant" TO :"backup" WITH INHERIT FALSE, SET FALSE, ADMIN FALSE;
GRANT :"backup" TO :"backup_login" WITH INHERIT TRUE, SET FALSE, ADMIN FALSE;

-- On a managed server the administrator is no superuser: it acts for a role by belonging to it.
SELECT format('GRANT %I TO CURRENT_USER WITH INHERIT TRUE, SET TRUE', name)
  FROM unnest(ARRAY[:'tenant', :'backup', :'login', :'backup_login']) AS name
 WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER)
\gexec

-- What a dropping that was killed has left can only be dropped.
SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname = :'tenant' AND datconnlimit = -2 \gexec
-- Nobody connects before everybody has been kept out. From template0, which nobody can be connected to.
SELECT format('CREATE DATABASE %I TEMPLATE template0 ALLOW_CONNECTIONS false', :'tenant')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'tenant')
\gexec
\ir database-mark.sql
REVOKE ALL ON DATABASE :"tenant" FROM PUBLIC;
ALTER DATABASE :"tenant" ALLOW_CONNECTIONS true;
GRANT CONNECT ON DATABASE :"tenant" TO :"login", :"backup";
GRANT TEMPORARY ON DATABASE :"tenant" TO :"tenant";

\if :is_open
\else
  -- At once: what follows is done where the tenant may be in the way.
  SELECT coalesce(array_agg(rolname), '{}') AS logins FROM pg_roles WHERE starts_with(rolname, :'tenant' || '_e') \gset
  \ir database-shut.sql
\endif

\connect :"tenant"

-- public is closed. The tenant's schema is the administrator's, so that the tenant uses it and cannot pass it on.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS :"tenant";
REVOKE ALL ON SCHEMA :"tenant" FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA :"tenant" TO :"tenant";

-- Extensions are in a schema that only the administrator writes to.
CREATE SCHEMA IF NOT EXISTS extensions;
GRANT USAGE ON SCHEMA extensions TO :"tenant", :"backup";
CREATE EXTENSION IF NOT EXISTS vector SCHEMA extensions;

-- Settings of the logins. A session may choose other timeouts and another search path: they keep a program from
-- holding on to what it forgot, not an attacker.
ALTER ROLE :"login" RESET ALL;
ALTER ROLE :"login" IN DATABASE :"tenant" RESET ALL;
ALTER ROLE :"login" SET role = :'tenant';
ALTER ROLE :"login" SET search_path = :"tenant", extensions;
ALTER ROLE :"login" SET statement_timeout = '60s';
ALTER ROLE :"login" SET lock_timeout = '30s';
ALTER ROLE :"login" SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE :"login" SET idle_session_timeout = '1h';
ALTER ROLE :"backup_login" RESET ALL;
ALTER ROLE :"backup_login" SET default_transaction_read_only = on;
ALTER ROLE :"backup_login" SET search_path = pg_catalog;
ALTER ROLE :"backup_login" SET lock_timeout = '5min';

\ir database-superuser.sql

-- Last, when there is nothing left to be seen that is not the tenant's.
ALTER ROLE :"backup_login" LOGIN;
\if :is_open
  ALTER ROLE :"login" LOGIN;
\endif
