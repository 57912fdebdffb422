# Starts Valkey with the accounts of tenants that the volume has, and of administrators as the Secret says.
#
#   DATA            folder of the volume; `ACL SAVE` writes the file of accounts in it
#   ADMINISTRATOR   folder of the Secret: accounts.acl, of the same form
#   CERTIFICATES    folder of the Secret with the server's certificate
#   PORT, MEMORY_MIB
set -eu
umask 077

accounts=$DATA/accounts.acl
touch "$accounts"
{
  cat "$ADMINISTRATOR/accounts.acl"
  # Every account is one line.
  sed -E '/^user (default|openclaw-admin|probe) /d' "$accounts"
} >"$accounts.new"
# A file that is renamed before it is on the disk may be empty after a power cut.
sync "$accounts.new"
mv "$accounts.new" "$accounts"

exec valkey-server "${0%/*}/valkey.conf" \
  --tls-port "$PORT" \
  --tls-cert-file "$CERTIFICATES/tls.crt" \
  --tls-key-file "$CERTIFICATES/tls.key" \
  --tls-ca-cert-file "$CERTIFICATES/ca.crt" \
  --dir "$DATA" \
  --aclfile "$accounts" \
  --maxmemory "${MEMORY_MIB}mb"
