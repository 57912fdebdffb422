# Starts versitygw over the files of the volume: a folder below buckets/ is a bucket, a file in it an object.
#
#   DATA          folder of the volume, on a file system with extended attributes
#   CERTIFICATES  folder of the Secret with the server's certificate
#   PORT          of S3's API; ADMIN_PORT of the API for administrators
#   ROOT_ACCESS_KEY, ROOT_SECRET_KEY
set -eu
umask 077

mkdir -p "$DATA/buckets" "$DATA/accounts"

# It replaces the file of accounts without waiting for the disk, so that a power cut may leave an empty one, which it
# does not start with. Without the file it does, and has no accounts until tenants' Jobs have run again.
accounts=$DATA/accounts/users.json
if [ -e "$accounts" ] && [ ! -s "$accounts" ]; then
  echo "$accounts is empty: taking its copy, or none" >&2
  rm "$accounts"
  if [ -s "$accounts.backup" ]; then cp "$accounts.backup" "$accounts"; fi
fi

# Without its cache of accounts, whose keys lie in memory that later requests write to: once made again, a tenant's
# account could be taken for another tenant's and be let into that one's bucket (seen with 1.7.0; 1.8.0 is the same).
exec versitygw --quiet --health /_/health --disable-acl \
  --port ":$PORT" --cert "$CERTIFICATES/tls.crt" --key "$CERTIFICATES/tls.key" \
  --admin-port ":$ADMIN_PORT" --admin-cert "$CERTIFICATES/tls.crt" --admin-cert-key "$CERTIFICATES/tls.key" \
  --iam-dir "$DATA/accounts" --iam-cache-disable \
  posix "$DATA/buckets"
