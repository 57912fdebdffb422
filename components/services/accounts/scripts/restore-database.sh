# What a restore needs an administrator of the database for. Each can be killed and run again.
#
#   set-aside  the tenant's database gets another name, and nobody gets in; database.sh makes a new one afterwards
#   open       the new one's schema is called as in the dump, if that is another tenant's
#   close      and as it ought to be called again
#   put-back   the database that was set aside takes its place again; the new one is set aside
#   clean      neither is kept any longer
#
# Environment: libpq's variables, of an administrator; TENANT_ID; SOURCE_ID, whose dump it is; RESTORE_ID, digits.
export ACTION="$1"
psql --no-psqlrc --quiet --file="${0%.sh}.sql"
echo "database: $ACTION"
