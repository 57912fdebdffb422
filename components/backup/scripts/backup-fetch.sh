# The first step of a restore, in restic's image: a backup's files, beside those that are there. Nothing is replaced yet.
#
# Environment: restic's and S3's variables; BUCKET_LOOKUP; SNAPSHOT; VOLUME, the tenant's; DISCARD, yes to make room by
# removing what is there; WORK, for the database's dump.
umask 077
repository() {
  restic --option "s3.bucket-lookup=$BUCKET_LOOKUP" --no-lock "$@"
}

rm -rf "$VOLUME/restoring"
if [ "$DISCARD" = yes ]; then
  rm -rf "$VOLUME/state"
fi

size=$(repository stats --quiet --json --mode restore-size "$SNAPSHOT")
size=${size#*\"total_size\":}
size=$((${size%%[!0-9]*} / 1024))
# shellcheck disable=SC2046 # split into columns
set -- $(df -Pk "$VOLUME" | tail -n 1)
if [ "$4" -lt "$size" ]; then
  echo "The backup needs $size KiB and the volume has $4 KiB left. Raise the plan, which grows the volume, or add"
  echo "--discard-current, which removes what is there first."
  exit 1
fi

repository restore "$SNAPSHOT:/state" --quiet --target "$VOLUME/restoring" --verify
case ",$BACKUP_TAGS," in
*,database,*) repository dump "$SNAPSHOT" /database.dump >"$WORK/database.dump" ;;
esac
echo "files: fetched"
