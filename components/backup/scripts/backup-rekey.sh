# Gives a tenant's repository another password, in restic's image, and takes the old one from it. What is in it stays as it
# is. Killed anywhere, it is run again.
#
# Environment: restic's and S3's variables, with the new password; OLD_PASSWORD; BUCKET_LOOKUP.
umask 077
if [ "$RESTIC_PASSWORD" = "$OLD_PASSWORD" ]; then
  echo "The new password is the old one."
  exit 1
fi
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
printf '%s\n' "$RESTIC_PASSWORD" >"$files/new"

# Exit code 11: somebody else works on the repository, or was killed while they did. restic takes the lock of a process
# that has gone for one after half an hour.
repository() {
  waited=0
  while true; do
    code=0
    restic --option "s3.bucket-lookup=$BUCKET_LOOKUP" --quiet --no-cache "$@" || code=$?
    if [ "$code" != 11 ] || [ "$waited" -ge 2400 ]; then
      return "$code"
    fi
    restic --option "s3.bucket-lookup=$BUCKET_LOOKUP" --quiet --no-cache unlock
    sleep 20
    waited=$((waited + 20))
  done
}
with_old() (
  RESTIC_PASSWORD=$OLD_PASSWORD
  repository "$@"
)

# $1: repository or with_old. $opens: yes, no, or none where there is no repository yet.
try() {
  code=0
  "$1" cat config >/dev/null 2>"$files/said" || code=$?
  case $code in
  0) opens=yes ;;
  10) opens=none ;;
  12) opens=no ;;
  *)
    cat "$files/said"
    exit "$code"
    ;;
  esac
}

try repository
if [ "$opens" = none ]; then
  echo "repository: there is none yet"
  exit 0
fi
if [ "$opens" = no ]; then
  try with_old
  if [ "$opens" != yes ]; then
    echo "Neither the new password nor the old one opens the repository."
    exit 1
  fi
  with_old key add --new-password-file "$files/new"
  repository cat config >/dev/null
  echo "repository: the new password opens it"
fi

# restic says which key is the one of the password that it was given, and removes none that it works with itself.
try with_old
while [ "$opens" = yes ]; do
  keys=$(with_old key list --json)
  key=$(printf '%s' "$keys" | tr '{' '\n' | sed -nE '/"current": *true/s/.*"id": *"([0-9a-f]+)".*/\1/p')
  if [ -z "$key" ]; then
    echo "restic does not say which key is the old password's: $keys"
    exit 1
  fi
  repository key remove "$key"
  try with_old
done
echo "repository: the old password opens it no more"
