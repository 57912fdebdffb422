-- Whose is what there is by the tenant's names: its database, those that restores have set aside, its roles and logins. An
-- owner's mark is their comment: the incarnation of the tenant that they were made for, or `none` on a role that outlived
-- its tenant because others had granted it something.
--
-- Of another tenant or of nobody, it is refused before anything is changed, in a line of the file REFUSAL: :is_refused. Without
-- INCARNATION, which restores and programs of before 0.3 do not give, nothing is refused, and the mark is the one that the
-- tenant's role has.
\getenv refusal REFUSAL
\set incarnation ''
\set adopt no
\getenv incarnation INCARNATION
\getenv adopt ADOPT
SELECT CASE :'incarnation'
         WHEN '' THEN coalesce((SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = :'tenant'), '')
         ELSE 'openclaw incarnation ' || :'incarnation'
       END AS mark,
       :'incarnation' <> '' AND :'adopt' <> 'yes' AS is_strict
\gset

WITH found AS (
  SELECT 'the database ' || datname AS what, datname AS name, NOT datallowconn AS is_shut,
         coalesce(shobj_description(oid, 'pg_database'), '') AS mark
    FROM pg_database
   WHERE starts_with(datname, :'tenant') AND substr(datname, length(:'tenant') + 1) ~ '^(_(was|und)_[0-9]+)?$'
  UNION ALL
  SELECT 'the role ' || rolname, rolname, false, coalesce(shobj_description(oid, 'pg_authid'), '')
    FROM pg_roles
   WHERE starts_with(rolname, :'tenant') AND substr(rolname, length(:'tenant') + 1) ~ '^(_backup)?(_e[0-9]+)?$'
), foreign_ones AS (
  SELECT what || CASE mark WHEN '' THEN ' (without an owner''s mark)' ELSE ' (' || mark || ')' END AS what, name
    FROM found
   WHERE mark NOT IN (:'mark', 'openclaw incarnation none')
     -- Roles have their mark from the first moment on, a database that was just made lets nobody in without one.
     AND NOT (mark = '' AND is_shut AND EXISTS (SELECT FROM found WHERE what = 'the role ' || :'tenant' AND mark = :'mark'))
)
SELECT count(*) > 0 AND :'is_strict' AS is_refused,
       'Nothing was changed: the database server has ' || string_agg(what, ', ' ORDER BY what)
         || ', which is not of this tenant ' || :'tenant_id' || ' (' || :'mark' || '). If a former tenant left it, `npm run purge -- --tenant '
         || :'tenant_id' || '` deletes it; or give the tenant another id, or have it adopted: docs/data.md, "Owner''s marks".'
         AS refusal_text
  FROM foreign_ones
\gset
\if :is_refused
  SELECT :'refusal_text' \g (format=unaligned tuples_only=on) :refusal
\endif
