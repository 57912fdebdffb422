# A tenant's account in the cache (Valkey 8).
#
#   cache.sh provision   make or repair this epoch's account, or lock all of the tenant's
#   cache.sh retire      remove the accounts of every other epoch
#   cache.sh drop        remove all of its accounts and keys
#
# TENANT_ID, KEY_EPOCH, ACCESS (open or locked), CACHE_PASSWORD_SHA256 (hexadecimal; the server never sees the password)
# CACHE_HOST, CACHE_PORT, CACHE_CA (file; no TLS without it), REDISCLI_AUTH (the administrator's password)
set -eu

# What a tenant may do with keys of its own: everything that names its keys, so that Valkey can hold it to them.
# Not: what sees or touches other keys (dbsize, randomkey, scan, keys, flushall, and tracking, which tells the names of
# changed keys to anybody); channels' names (pubsub); scripts and functions, which stop the server for everybody while
# they run and which only an administrator can end; lcs, whose cost is the product of two lengths; whatever Valkey
# itself calls dangerous or an administrator's. Later words win.
commands='-@all
  +@read +@write +@blocking +@pubsub +@transaction +@connection
  -@admin -@dangerous -@scripting
  -scan -randomkey -dbsize -lcs -pubsub -wait -waitaof
  -client|tracking -client|caching -client|trackinginfo -client|getredir -client|import-source'

admin() {
  valkey-cli -e --no-auth-warning --user openclaw-admin -h "$CACHE_HOST" -p "$CACHE_PORT" \
    ${CACHE_CA:+--tls --cacert "$CACHE_CA"} "$@"
}

# A server that is being started anew is waited for; what else is wrong the first command says.
tries=0
until [ "$tries" -ge 30 ] || admin ping >/dev/null 2>&1; do
  tries=$((tries + 1))
  sleep 2
done

# What the server says, or its error as this script's.
ask() {
  answer=$(admin "$@" 2>&1) || {
    printf '%s: %s\n' "$1 $2" "$answer" >&2
    exit 1
  }
}

# No id has an underscore, so that acme_e1 is nobody else's.
list_accounts() {
  ask acl users
  accounts=$(printf '%s\n' "$answer" | grep -E "^${TENANT_ID}_e[0-9]+\$" || true)
}

provision() {
  if [ "$ACCESS" = open ]; then
    # shellcheck disable=SC2086 # a list of words
    ask acl setuser "${TENANT_ID}_e$KEY_EPOCH" reset on "#$CACHE_PASSWORD_SHA256" \
      "~$TENANT_ID:*" "&$TENANT_ID:*" $commands
  else
    list_accounts
    for account in $accounts; do
      ask acl setuser "$account" off
      ask client kill user "$account"
    done
  fi
  ask acl save
}

# Ends the connections of a removed account as well.
remove_all_but() {
  list_accounts
  for account in $accounts; do
    [ "$account" = "$1" ] || ask acl deluser "$account"
  done
  ask acl save
}

# On the server, because names of keys may be any bytes.
remove_keys() {
  cursor=0
  while
    ask eval "local found = server.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)
      for _, key in ipairs(found[2]) do server.call('UNLINK', key) end
      return found[1]" 0 "$cursor" "$TENANT_ID:*"
    cursor=$answer
    [ "$cursor" != 0 ]
  do :; done
}

case $1 in
provision) provision ;;
retire) remove_all_but "${TENANT_ID}_e$KEY_EPOCH" ;;
drop)
  remove_all_but ''
  remove_keys
  ;;
*)
  echo "cache.sh: provision, retire or drop, not $1" >&2
  exit 2
  ;;
esac
