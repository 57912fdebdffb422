# A tenant's buckets and accounts at the object store in the cluster (versitygw), by its API for administrators and S3's.
#
#   object-store.sh provision   make or repair the buckets and this epoch's accounts, or lock the tenant's files
#   object-store.sh retire      remove the accounts of every other epoch
#   object-store.sh drop        remove the buckets with all they hold, and the accounts
#
# TENANT_ID, KEY_EPOCH, ACCESS (open or locked), FILES (yes or no), FILES_SECRET_KEY, BACKUP_SECRET_KEY
# ADMIN_ENDPOINT_URL, S3_ENDPOINT_URL, STORE_CA (file; no TLS of a private authority without it),
# ADMIN_ACCESS_KEY, ADMIN_SECRET_KEY
#
# INCARNATION, ADOPT (provision: the tenant's owner's mark, and whether what has another or none is taken: yes or no)
#
# Ends with 10 where what is there is not the tenant's: to run it again is no help.
#
# Buckets belong to the administrator, and accounts get in by the bucket's policy alone, which names each of them: so
# two epochs' accounts reach the same bucket, and no tenant can open its own to others.
set -eu
umask 077

credentials=$(mktemp)
trap 'rm -f "$credentials"' EXIT
printf 'user = "%s:%s"\n' "$ADMIN_ACCESS_KEY" "$ADMIN_SECRET_KEY" >"$credentials"

# A server that is being started anew is waited for; what else is wrong the first request says.
tries=0
until [ "$tries" -ge 30 ] ||
  curl --silent --output /dev/null --max-time 5 ${STORE_CA:+--cacert "$STORE_CA"} "$S3_ENDPOINT_URL/"; do
  tries=$((tries + 1))
  sleep 2
done

# Sends standard input. $status and $answer are what comes back; who expects another status than those of success says
# so in $1, as in "404|405".
ask() {
  expected=$1 method=$2 url=$3
  shift 3
  answer=$(curl --config "$credentials" --silent --show-error --max-time 120 ${STORE_CA:+--cacert "$STORE_CA"} \
    --aws-sigv4 aws:amz:us-east-1:s3 --write-out '\n%{http_code}' --request "$method" --data-binary @- "$@" "$url" 2>&1) || {
    printf '%s %s: %s\n' "$method" "$url" "$answer" >&2
    exit 1
  }
  status=${answer##*
}
  answer=${answer%
*}
  printf '%s' "$status" | grep -qE "^(2..|$expected)\$" || {
    printf '%s %s: %s %s\n' "$method" "$url" "$status" "$answer" >&2
    exit 1
  }
}

ask_admin() { ask "$1" PATCH "$ADMIN_ENDPOINT_URL/$2"; }

# $1: the account, $2: its secret key
make_account() {
  ask_admin 409 create-user <<EOF
<Account><Access>$1</Access><Secret>$2</Secret><Role>user</Role></Account>
EOF
  if [ "$status" = 409 ]; then
    ask_admin none "update-user?access=$1" <<EOF
<Account><Secret>$2</Secret><Role>user</Role></Account>
EOF
  fi
}

# $1: what accounts' names begin with; $accounts: those there are. No id has an underscore: acme_e1 is nobody else's.
list_accounts() {
  # 405 is the server's answer when there is no account at all.
  ask_admin 405 list-users </dev/null
  accounts=$(printf '%s' "$answer" | tr '<' '\n' | sed -nE "s/^Access>($1_e[0-9]+)\$/\1/p")
}

# $1: the bucket, $2: what the names of its accounts begin with
let_in() {
  list_accounts "$2"
  principals=$(printf '"%s",' $accounts)
  # One statement, because the server holds a deletion of several objects to what is allowed on the bucket itself.
  ask none PUT "$S3_ENDPOINT_URL/$1?policy=" <<EOF
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "AWS": [${principals%,}] },
      "Action": [
        "s3:ListBucket", "s3:GetBucketLocation",
        "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectAttributes",
        "s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging",
        "s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"
      ],
      "Resource": ["arn:aws:s3:::$1", "arn:aws:s3:::$1/*"]
    }
  ]
}
EOF
}

# $1: the bucket, $2: what the names of its accounts begin with, $3: this epoch's secret key
open_bucket() {
  ask 409 PUT "$S3_ENDPOINT_URL/$1" </dev/null
  make_account "$2_e$KEY_EPOCH" "$3"
  let_in "$1" "$2"
}

# A bucket with an object for each bucket, by its name, before there is one: the incarnation of the tenant that it was made
# for, its owner's mark. It has no policy, so that only the administrator gets in.
owners=openclaw-owners

# $1: the bucket, $2: what the names of its accounts begin with. $found: what there is that is not this tenant's
look() {
  ask 404 GET "$S3_ENDPOINT_URL/$owners/$1" </dev/null
  mark=
  [ "$status" = 404 ] || mark=$answer
  found=
  [ "$mark" != "$INCARNATION" ] || return 0
  list_accounts "$2"
  ask 404 GET "$S3_ENDPOINT_URL/$1?location=" </dev/null
  [ "$status" = 404 ] || found=" the bucket $1,"
  for account in $accounts; do
    found="$found the account $account,"
  done
  [ -z "$found$mark" ] || found="${found:- an owner's mark for $1,} (${mark:-without an owner's mark}),"
}

# $1: the bucket
mark_bucket() {
  ask 409 PUT "$S3_ENDPOINT_URL/$owners" </dev/null
  printf '%s' "$INCARNATION" | ask none PUT "$S3_ENDPOINT_URL/$owners/$1"
}

# Of both buckets, before anything is changed. Programs of before 0.3 give no mark.
claim() {
  [ -n "${INCARNATION-}" ] || return 0
  look "backup-$TENANT_ID" "${TENANT_ID}_backup"
  backups=$found
  look "tenant-$TENANT_ID" "$TENANT_ID"
  files=$found
  if [ -n "$backups$files" ] && [ "$ADOPT" != yes ]; then
    echo "Nothing was changed: the object store has$backups$files which is not of this tenant $TENANT_ID ($INCARNATION)." \
      "If a former tenant left it, \`npm run purge -- --tenant $TENANT_ID\` deletes it; or give the tenant another id, or" \
      "have it adopted: docs/data.md, \"Owner's marks\"." >&2
    exit 10
  fi
  mark_bucket "backup-$TENANT_ID"
  if [ -n "$files" ] || has_files; then
    mark_bucket "tenant-$TENANT_ID"
  fi
}

has_files() { [ "$ACCESS" = open ] && [ "$FILES" = yes ]; }

provision() {
  claim
  open_bucket "backup-$TENANT_ID" "${TENANT_ID}_backup" "$BACKUP_SECRET_KEY"
  if has_files; then
    open_bucket "tenant-$TENANT_ID" "$TENANT_ID" "$FILES_SECRET_KEY"
  else
    # Without a policy nobody gets in but the administrator.
    ask 404 DELETE "$S3_ENDPOINT_URL/tenant-$TENANT_ID?policy=" </dev/null
  fi
}

# $1: what accounts' names begin with, $2: the one that stays, if any
remove_accounts_but() {
  list_accounts "$1"
  for account in $accounts; do
    [ "$account" = "$2" ] || ask_admin none "delete-user?access=$account" </dev/null
  done
}

# Base64 of standard input's MD5, which S3 asks for.
md5() {
  sum=$(md5sum | cut -c 1-32)
  while [ -n "$sum" ]; do
    rest=${sum#??}
    # shellcheck disable=SC2059 # one byte, in octal
    printf "\\$(printf '%03o' "0x${sum%"$rest"}")"
    sum=$rest
  done | base64
}

# $1: the bucket. What a listing says of keys is XML already.
remove_bucket() {
  before=
  while
    ask 404 GET "$S3_ENDPOINT_URL/$1?list-type=2&max-keys=1000" </dev/null
    objects=$(printf '%s' "$answer" | tr -d '\n' | sed 's/<Contents>/\n/g' |
      sed -nE 's/.*(<Key>.*<\/Key>).*/<Object>\1<\/Object>/p')
    [ -n "$objects" ]
  do
    if [ "$objects" = "$before" ]; then
      echo "$1 has objects whose names S3 cannot tell; remove it on the volume, and run this again:" >&2
      echo "kubectl -n openclaw-services exec object-store-0 -- rm -r /data/buckets/$1" >&2
      exit 1
    fi
    before=$objects
    body="<Delete><Quiet>true</Quiet>$objects</Delete>"
    printf '%s' "$body" |
      ask none POST "$S3_ENDPOINT_URL/$1?delete=" --header "Content-MD5: $(printf '%s' "$body" | md5)"
  done
  ask 404 DELETE "$S3_ENDPOINT_URL/$1" </dev/null
}

case $1 in
provision) provision ;;
retire)
  remove_accounts_but "$TENANT_ID" "${TENANT_ID}_e$KEY_EPOCH"
  remove_accounts_but "${TENANT_ID}_backup" "${TENANT_ID}_backup_e$KEY_EPOCH"
  provision
  ;;
drop)
  remove_accounts_but "$TENANT_ID" ''
  remove_accounts_but "${TENANT_ID}_backup" ''
  for bucket in "tenant-$TENANT_ID" "backup-$TENANT_ID"; do
    remove_bucket "$bucket"
    ask 404 DELETE "$S3_ENDPOINT_URL/$owners/$bucket" </dev/null
  done
  ;;
*)
  echo "object-store.sh: provision, retire or drop, not $1" >&2
  exit 2
  ;;
esac
