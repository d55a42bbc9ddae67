# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private PostgreSQL: its own data directory and port, on loopback, with passwords. It refuses to run as root.

pg_bin() { find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2> /dev/null | sort -V | tail -n 1; }

# pg_owner COMMAND...: as the unprivileged user that owns the data. `exec` throughout: a launched pid stays the server's.
pg_owner() {
    cd /
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        exec "$@"
    fi
}

# pg_write FILE: standard input into a file of the owner's, for nobody else to read.
pg_write() { (pg_owner sh -c 'umask 077; cat > "$0"' "$1"); }

# The folder of everything PostgreSQL writes. Where root's checkout stands in a folder that other users
# may not enter, it is outside of the checkout.
pg_home() {
    local remembered=$MUSTER_HOME/postgres.path home=$MUSTER_HOME/postgres
    if [ ! -s "$remembered" ]; then
        mkdir -p "$home"
        if [ "$(id -u)" = 0 ]; then
            chown postgres:postgres "$home"
            if ! (pg_owner test -w "$home") 2> /dev/null; then
                home=/var/lib/postgresql/muster-$(printf '%s' "$MUSTER_HOME" | sha256sum | cut -c 1-12)
                install -d -o postgres -g postgres -m 700 "$home"
            fi
        fi
        chmod 700 "$home"
        echo "$home" > "$remembered"
    fi
    cat "$remembered"
}

initialise_postgres() {
    local home
    home=$(pg_home)
    [ ! -s "$home/data/PG_VERSION" ] || return 0
    say "making the database's data folder ($home/data)"
    pg_write "$home/password" < "$(secret postgres-admin-password)"
    (pg_owner "$(pg_bin)/initdb" -D "$home/data" -U postgres --pwfile="$home/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8) > "$LOGS/initdb.log" 2>&1 \
        || die_with_log "$LOGS/initdb.log" "initdb" "remove $home/data and run this again"
    (pg_owner sh -c 'mkdir -p "$0/socket"; rm "$0/password"; echo "include '\''muster.conf'\''" >> "$0/data/postgresql.conf"' "$home")
}

write_postgres_configuration() {
    local home sockets
    home=$(pg_home)
    # The path of a Unix socket has room for 107 bytes; with a longer one there is loopback alone.
    sockets=$home/socket
    [ ${#sockets} -lt 85 ] || sockets=
    pg_write "$home/data/muster.conf" <<END
listen_addresses = '127.0.0.1'
port = $(port postgres)
unix_socket_directories = '$sockets'
max_connections = 200
fsync = on
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server-key.pem'
ssl_ca_file = 'authority.pem'
password_encryption = 'scram-sha-256'
log_line_prefix = '%m [%p] %u@%d '
recovery_init_sync_method = 'syncfs'
END
    pg_write "$home/data/server.pem" < "$TLS/server.pem"
    pg_write "$home/data/server-key.pem" < "$TLS/server-key.pem"
    pg_write "$home/data/authority.pem" < "$TLS/authority.pem"
    pg_write "$home/data/pg_hba.conf" <<END
hostssl all muster_certificate 127.0.0.1/32 cert
local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
END
}

# admin_psql ...: as the superuser, whose password never shows on a command line.
admin_psql() {
    PGPASSWORD=$(< "$(secret postgres-admin-password)") \
        "$(pg_bin)/psql" -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$(port postgres)" -U postgres "$@"
}

# Also after a database was restored or its password lost: what should be there is made so.
make_role_and_database() {
    {
        echo "select 'create role muster login' where not exists (select from pg_roles where rolname = 'muster') \\gexec"
        # It may create roles, for `muster migrate --reader`.
        echo "alter role muster login createrole password '$(< "$(secret postgres-password)")';"
        # It has no password: a certificate lets it in.
        echo "select 'create role muster_certificate login' where not exists (select from pg_roles where rolname = 'muster_certificate') \\gexec"
        # The second is for tests that count pages: an old snapshot in the same database keeps what was deleted.
        for name in muster muster_apart; do
            echo "select 'create database $name owner muster' where not exists (select from pg_database where datname = '$name') \\gexec"
        done
    } | admin_psql -d postgres > "$LOGS/postgres-setup.log" 2>&1 \
        || die_with_log "$LOGS/postgres-setup.log" "making the role and the database" "look into $LOGS/postgres.log"
}

is_standby() { [ "$(admin_psql -d postgres -c 'select pg_is_in_recovery()')" = t ]; }

postgres_answers() { gone postgres || PGPASSWORD='' "$(pg_bin)/pg_isready" -q -h 127.0.0.1 -p "$(port postgres)"; }

start_postgres() {
    local home
    if alive postgres; then
        is_standby || make_role_and_database
        return 0
    fi
    free_port postgres > /dev/null
    initialise_postgres
    write_postgres_configuration
    home=$(pg_home)
    launch postgres bash -c "$(declare -f pg_owner); pg_owner \"\$@\"" pg "$(pg_bin)/postgres" -D "$home/data"
    if ! wait_until "$SERVER_LIMIT" postgres_answers || gone postgres; then
        stop_family postgres INT
        die_with_log "$LOGS/postgres.log" "PostgreSQL does not answer within $SERVER_LIMIT s" "if it says that its data are damaged: deploy/stack wipe postgres"
    fi
    is_standby || make_role_and_database
    say "PostgreSQL is up: 127.0.0.1:$(port postgres) (pid $(pid_of postgres))"
}

# SIGINT is PostgreSQL's fast stop, SIGQUIT the one without a checkpoint: the next start recovers as after a crash.
# A fast stop first ends the checkpoint that is under way. After some thousand schemas of tests that is minutes of fsync,
# in which nobody is served, so as much of it as can be is done before. A server that is killed leaves its children
# behind, and no other starts while they have the data.
stop_postgres() {
    if [ "${1:-}" = --immediate ]; then
        stop_family postgres QUIT
    else
        gone postgres || PGCONNECT_TIMEOUT=10 admin_psql -d postgres -c "set statement_timeout = '${SERVER_LIMIT}s'" \
            -c checkpoint > /dev/null 2>&1 || true
        stop_family postgres INT "$SERVER_LIMIT"
    fi
}

wipe_postgres() {
    local home
    stop_postgres --immediate
    home=$(pg_home)
    rm -rf "${home:?}/data"
    start_postgres
}
