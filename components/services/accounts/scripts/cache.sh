# A tenant's account in the cache (Valkey 8).
#
#   cache.sh provision   make or repair this epoch's account, or lock all of the tenant's
#   cache.sh retire      remove the accounts of every other epoch
#   cache.sh drop        remove all of its accounts and keys
#
# Ends with 10 where what is there is not the tenant's: to run it again is no help.
#
# TENANT_ID, KEY_EPOCH, ACCESS (open or locked), CACHE_PASSWORD_SHA256 (hexadecimal; the server never sees the password)
# INCARNATION, ADOPT (provision: the tenant's owner's mark, and whether what has another or none is taken: yes or no)
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

# The owner's mark is an account that nobody can log in to, with the tenant's incarnation as its only pattern of keys: an
# account is on the disk with the others, and unlike a key it is never evicted.
owner=${TENANT_ID}_owner
read_mark() {
  ask acl list
  mark=$(printf '%s\n' "$answer" | sed -nE "s/^user $owner (.* )?~([A-Za-z0-9_-]+)( .*)?\$/\2/p")
}

# $keys: yes or no
look_for_keys() {
  cursor=0 keys=no
  while
    ask eval "local found = server.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)
      if #found[2] > 0 then return 'found' end
      return found[1]" 0 "$cursor" "$TENANT_ID:*"
    cursor=$answer
    [ "$cursor" = found ] && keys=yes && cursor=0
    [ "$cursor" != 0 ]
  do :; done
}

# Before anything is changed. Programs of before 0.3 give no mark.
claim() {
  [ -n "${INCARNATION-}" ] || return 0
  read_mark
  [ "$mark" != "$INCARNATION" ] || return 0
  list_accounts
  look_for_keys
  if [ -z "$mark$accounts" ] && [ "$keys" = no ]; then
    # A tenant that is locked and never had an account gets none.
    [ "$ACCESS" = open ] || return 0
  elif [ "$ADOPT" != yes ]; then
    found=
    for account in $accounts; do
      found="$found the account $account,"
    done
    [ "$keys" = no ] || found="$found the keys $TENANT_ID:*,"
    [ -n "$found" ] || found=" an owner's mark"
    echo "Nothing was changed: the cache has${found%,} (${mark:-without an owner's mark}), which is not of this tenant" \
      "$TENANT_ID ($INCARNATION). If a former tenant left it, \`npm run purge -- --tenant $TENANT_ID\` deletes it; or give" \
      "the tenant another id, or have it adopted: docs/data.md, \"Owner's marks\"." >&2
    exit 10
  fi
  ask acl setuser "$owner" reset "~$INCARNATION"
  ask acl save
}

provision() {
  claim
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
  ask acl deluser "$owner"
  ask acl save
  ;;
*)
  echo "cache.sh: provision, retire or drop, not $1" >&2
  exit 2
  ;;
esac
