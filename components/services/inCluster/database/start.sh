# Makes the database cluster if there is none, gives the administrator the password of its Secret, and serves.
#
#   PGDATA          folder of the database cluster; below a volume's root, which is not ours to own
#   PGHOST          folder of the socket that probes ask
#   PGPORT          port of TCP connections
#   ADMINISTRATOR   folder with the files username and password
#   CERTIFICATES    folder with tls.crt and tls.key
#   DATABASE        name of the platform's database
#   MEMORY_KIB      address space of one session, so that none takes the memory of all
scripts=$(dirname "$0")
administrator=$(cat "$ADMINISTRATOR/username")

# Statements in single-user mode: nobody is let in meanwhile, and no command line holds a password.
alone() {
  postgres --single -D "$1" -j -c exit_on_error=on -c log_min_error_statement=panic -c log_checkpoints=off \
    -c password_encryption=scram-sha-256 postgres >/dev/null
}

# As an identifier ("), as a literal (').
quoted() {
  printf '%s%s%s' "$1" "$(printf %s "$2" | sed "s/$1/$1$1/g")" "$1"
}

# Complete or not there at all: a start that was killed begins anew.
if [ ! -e "$PGDATA/PG_VERSION" ]; then
  new="$PGDATA.new"
  rm -rf "$new"
  # The built-in provider: another libc or ICU sorts no index differently.
  initdb --pgdata="$new" --username="$administrator" --pwfile="$ADMINISTRATOR/password" --data-checksums \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 \
    --no-instructions
  printf 'CREATE DATABASE %s;\n\n' "$(quoted '"' "$DATABASE")" | alone "$new"
  mv "$new" "$PGDATA"
fi

# A volume that is mounted anew may have given everything to the group, and then the server refuses to start.
chmod 0700 "$PGDATA"
# Of a server that was killed, whose process id is another's by now. Only one pod has the volume, and in a container that
# is started anew nothing else runs.
rm -f "$PGDATA/postmaster.pid" "$PGHOST/.s.PGSQL.$PGPORT" "$PGHOST/.s.PGSQL.$PGPORT.lock"
printf 'ALTER ROLE %s PASSWORD %s;\n\n' \
  "$(quoted '"' "$administrator")" "$(quoted "'" "$(cat "$ADMINISTRATOR/password")")" | alone "$PGDATA"

ulimit -v "$MEMORY_KIB"
postgres -D "$PGDATA" \
  -c config_file="$scripts/postgresql.conf" \
  -c hba_file="$scripts/pg_hba.conf" \
  -c unix_socket_directories="$PGHOST" \
  -c ssl_cert_file="$CERTIFICATES/tls.crt" \
  -c ssl_key_file="$CERTIFICATES/tls.key" &
server=$!

# SIGTERM of the kubelet would make the server wait for its clients to leave; SIGINT ends them. A signal ends the wait
# as well, so it is waited again.
signalled=
trap 'signalled=yes; kill -INT $server' TERM INT
code=0
wait $server || code=$?
while [ -n "$signalled" ]; do
  signalled=
  code=0
  wait $server || code=$?
done
exit $code
