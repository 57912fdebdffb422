# The last step of a backup, in restic's image: what the others have left goes to the tenant's repository, encrypted,
# and what is older than the plan keeps goes away.
#
# Environment: restic's and S3's variables; BUCKET_LOOKUP, dns or path; TENANT_ID; BACKUP_TAGS, with commas;
# KEEP_DAYS; CHECK_DAY, 1 for Monday to 7; WORK.
cd "$WORK/tree"

# Exit code 11: somebody else works on the repository, or was killed while they did. restic takes the lock of a process
# that has gone for one after half an hour.
repository() {
  waited=0
  while true; do
    code=0
    restic --option "s3.bucket-lookup=$BUCKET_LOOKUP" --quiet "$@" || code=$?
    if [ "$code" != 11 ] || [ "$waited" -ge 2400 ]; then
      return "$code"
    fi
    restic --option "s3.bucket-lookup=$BUCKET_LOOKUP" --quiet unlock
    sleep 20
    waited=$((waited + 20))
  done
}

# Exit code 10: there is none yet.
code=0
repository cat config >/dev/null 2>&1 || code=$?
if [ "$code" = 10 ]; then
  repository init
  echo "repository: made"
fi

repository backup --host "$TENANT_ID" --group-by host --tag "$BACKUP_TAGS" .
echo "backup: stored"
repository forget --host "$TENANT_ID" --group-by host --keep-within "${KEEP_DAYS}d" --prune
echo "backup: $KEEP_DAYS days are kept"

# A twelfth of the data a week, and the structure of all of it: a damaged store shows before it is needed.
if [ "$(date +%u)" = "$CHECK_DAY" ]; then
  week=$(date +%V)
  repository check --read-data-subset="$((${week#0} % 12 + 1))/12"
  echo "repository: checked"
fi
