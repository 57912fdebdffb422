-- Lets none of the roles of the array :logins in, and ends the sessions that they have.
SELECT format('ALTER ROLE %I NOLOGIN PASSWORD NULL', login) FROM unnest(:'logins'::name[]) AS login \gexec
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = ANY (:'logins'::name[]);
