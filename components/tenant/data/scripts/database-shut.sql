-- Lets none of the roles in :logins in, and ends the sessions that they have.
SELECT format('ALTER ROLE %I NOLOGIN PASSWORD NULL', login)
  FROM regexp_split_to_table(nullif(:'logins', ''), ' ') AS login
\gexec
SELECT pg_terminate_backend(pid, 10000)
  FROM pg_stat_activity
 WHERE usename = ANY (string_to_array(:'logins', ' '));
