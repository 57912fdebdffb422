# The second step of a backup, for a tenant with a database: its schema, by a login that may read and nothing else.
# Uncompressed, so that the next backup shares with it what has not changed.
#
# Environment: libpq's variables; WORK, where the first step has left its tree.
umask 077
pg_dump --schema="\"$PGDATABASE\"" --strict-names --no-owner --no-privileges --lock-wait-timeout=5min \
  --format=custom --compress=0 --file="$WORK/tree/database.dump"
echo "database: $(du -k "$WORK/tree/database.dump" | cut -f 1) KiB"
