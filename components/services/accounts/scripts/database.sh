# A tenant's database, its roles and its logins at the shared PostgreSQL (16 or later): docs/database.md.
#
#   sh -eu database.sh provision   makes or repairs all of it, and this epoch's logins
#   sh -eu database.sh retire      removes the logins of every other epoch
#   sh -eu database.sh drop        removes everything
#
# Each may be killed anywhere and run again.
#
#   PGHOST PGPORT PGUSER PGPASSWORD PGSSLMODE PGSSLROOTCERT   the administrator
#   PGDATABASE              a database that is nobody's
#   TENANT_ID KEY_EPOCH     of whom, and which logins
#   ACCESS                  open | locked; the backup's login stays open
#   DATABASE_VERIFIER DATABASE_BACKUP_VERIFIER   what the logins' passwords are proved by
#   CONNECTION_LIMIT        sessions of the tenant
#   TEMP_FILE_LIMIT_MIB     temporary files of one of its sessions
#   INCARNATION ADOPT       provision: the tenant's owner's mark, and whether what has another or none is taken (yes | no)
#
# Ends with 10 where what is there is not the tenant's: to run it again is no help.
action=$1
folder=$(dirname "$0")

# Names that statements compare with are looked for in the catalogs alone, whoever owns what is in a tenant's database.
export PGOPTIONS="-c search_path=pg_catalog -c lock_timeout=30s -c statement_timeout=5min -c client_min_messages=warning"
export PGAPPNAME="openclaw-$action"
export PGCONNECT_TIMEOUT=10

# A server that is being started anew is waited for; what else is wrong psql says itself.
tries=0
until [ "$tries" -ge 30 ]; do
  ready=0
  pg_isready --quiet || ready=$?
  case "$ready" in 0 | 3) break ;; esac
  tries=$((tries + 1))
  sleep 2
done

REFUSAL=$(mktemp)
export REFUSAL
trap 'rm -f "$REFUSAL"' EXIT
psql --no-psqlrc --quiet --no-password --set=ON_ERROR_STOP=1 --set=VERBOSITY=default \
  --output=/dev/null --file="$folder/database-$action.sql"
if [ -s "$REFUSAL" ]; then
  cat "$REFUSAL" >&2
  exit 10
fi
