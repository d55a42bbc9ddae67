# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private PgBouncer in front of the private PostgreSQL, on loopback. It refuses to run as root.
# The database `muster` is pooled by transaction, `muster_session` by session; both are the same database.

write_pgbouncer_configuration() {
    local home
    home=$(pg_home)
    # It looks every other user up with the superuser's role, so that roles that tests make can log in too.
    echo "\"postgres\" \"$(< "$(secret postgres-admin-password)")\"" | pg_write "$home/pgbouncer-users.txt"
    # Nothing is ignored of what a client sends first: workers must do with what PgBouncer takes by itself.
    pg_write "$home/pgbouncer.ini" <<END
[databases]
muster = host=127.0.0.1 port=$(port postgres) pool_mode=transaction
muster_session = host=127.0.0.1 port=$(port postgres) dbname=muster pool_mode=session
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $(port pgbouncer)
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $home/pgbouncer-users.txt
auth_user = postgres
max_client_conn = 2000
default_pool_size = 40
log_connections = 0
log_disconnections = 0
END
}

pgbouncer_answers() { gone pgbouncer || answers "$(port pgbouncer)"; }

start_pgbouncer() {
    alive pgbouncer && return 0
    install_packages pgbouncer
    free_port pgbouncer > /dev/null
    write_pgbouncer_configuration
    launch pgbouncer bash -c "$(declare -f pg_owner); pg_owner \"\$@\"" pg /usr/sbin/pgbouncer "$(pg_home)/pgbouncer.ini"
    if ! wait_until 30 pgbouncer_answers || gone pgbouncer; then
        stop_process pgbouncer INT
        die_with_log "$LOGS/pgbouncer.log" "PgBouncer does not answer within 30 s" "read the log lines above"
    fi
    say "PgBouncer is up: 127.0.0.1:$(port pgbouncer) (pid $(pid_of pgbouncer))"
}

stop_pgbouncer() { stop_process pgbouncer INT; }
