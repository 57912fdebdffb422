# The second step of a restore: the dump, by the tenant's own login. What a dump makes can run code of the tenant's, so it
# is never loaded with more rights than the tenant has. All of it or nothing.
#
# Environment: libpq's variables; WORK, where the first step has left the dump.
umask 077
pg_restore --list "$WORK/database.dump" >"$WORK/entries"
# The schema itself is there and belongs to the administrator. 2615 is the catalog that schemas are in.
while IFS= read -r entry; do
  case $entry in
  [0-9]*"; 2615 "*) ;;
  *) printf '%s\n' "$entry" ;;
  esac
done <"$WORK/entries" >"$WORK/wanted"
pg_restore --dbname="$PGDATABASE" --single-transaction --no-owner --no-privileges --use-list="$WORK/wanted" \
  "$WORK/database.dump"
echo "database: loaded"
