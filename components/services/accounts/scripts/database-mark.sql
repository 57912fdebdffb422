-- Puts the owner's mark :mark on all there is by the tenant's names, if there is a mark.
SELECT format('COMMENT ON ROLE %I IS %L', rolname, :'mark')
  FROM pg_roles
 WHERE starts_with(rolname, :'tenant') AND substr(rolname, length(:'tenant') + 1) ~ '^(_backup)?(_e[0-9]+)?$'
   AND :'mark' NOT IN ('', coalesce(shobj_description(oid, 'pg_authid'), ''))
\gexec
SELECT format('COMMENT ON DATABASE %I IS %L', datname, :'mark')
  FROM pg_database
 WHERE starts_with(datname, :'tenant') AND substr(datname, length(:'tenant') + 1) ~ '^(_(was|und)_[0-9]+)?$'
   AND :'mark' NOT IN ('', coalesce(shobj_description(oid, 'pg_database'), ''))
\gexec
