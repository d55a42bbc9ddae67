# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A private RabbitMQ: its own data, cookie, ports and port mapper, all on loopback.

RABBIT=$MUSTER_HOME/rabbitmq
RABBIT_SCRIPTS=/usr/lib/rabbitmq/bin # the ones in /usr/sbin change user and directory

# Everything a broker or its tools take from the environment; nothing of the system's instance shines through.
rabbitmq_environment() {
    cat <<END
export HOME=$RABBIT/home
export RABBITMQ_NODENAME=${RABBIT_NODE:-muster}@localhost
export ERL_EPMD_PORT=$(port epmd)
export ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_DIST_PORT=$(port distribution)
export RABBITMQ_CONF_ENV_FILE=$RABBIT/none.conf
export RABBITMQ_CONFIG_FILE=$RABBIT/rabbitmq.conf
export RABBITMQ_CONFIG_FILES=$RABBIT/conf.d
export RABBITMQ_ADVANCED_CONFIG_FILE=$RABBIT/advanced.config
export RABBITMQ_ENABLED_PLUGINS_FILE=$RABBIT/enabled_plugins
export RABBITMQ_FEATURE_FLAGS_FILE=$RABBIT/data/feature_flags
export RABBITMQ_MNESIA_BASE=$RABBIT/data
export RABBITMQ_MNESIA_DIR=$RABBIT/data/node
export RABBITMQ_LOG_BASE=$LOGS
export RABBITMQ_PID_FILE=$RABBIT/pid
export RABBITMQ_SCHEDULER_BIND_TYPE=u
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
export RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
export RABBITMQ_CTL_DIST_PORT_MAX=35771
END
}

write_rabbitmq_configuration() {
    mkdir -p "$RABBIT/home" "$RABBIT/data" "$RABBIT/conf.d"
    (umask 077 && cat > "$RABBIT/rabbitmq.conf") <<END
listeners.tcp.1 = 127.0.0.1:$(port amqp)
listeners.ssl.1 = 127.0.0.1:$(port amqps)
ssl_options.cacertfile = $TLS/authority.pem
ssl_options.certfile = $TLS/server.pem
ssl_options.keyfile = $TLS/server-key.pem
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = false
default_user = muster
default_pass = $(< "$(secret rabbitmq-password)")
default_vhost = /
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
default_user_tags.administrator = true
# As an absolute amount: a share of a large machine would never be reached, one of a small container always.
vm_memory_high_watermark.absolute = 2GiB
disk_free_limit.absolute = 200MB
log.file = rabbitmq.log
log.file.level = info
log.console = false
END
    echo '[].' > "$RABBIT/enabled_plugins"
    rabbitmq_environment > "$RABBIT/environment"
    cat > "$MUSTER_HOME/bin/rabbitmqctl" <<END
#!/bin/sh
# rabbitmqctl against the private broker of this checkout.
. '$RABBIT/environment'
exec $RABBIT_SCRIPTS/rabbitmqctl "\$@"
END
    chmod 755 "$MUSTER_HOME/bin/rabbitmqctl"
}

# RUNNING_UNDER_SYSTEMD makes the start script become the virtual machine instead of watching over one:
# the recorded pid is then the broker's own, and SIGTERM is its orderly stop.
run_with_rabbitmq_environment() {
    local name=$1
    shift
    launch "$name" env RUNNING_UNDER_SYSTEMD=true sh -c '. "$0" && exec "$@"' "$RABBIT/environment" "$@"
}

rabbitmq_listens() { gone rabbitmq || { answers "$(port amqp)" && answers "$(port amqps)"; }; }

start_rabbitmq() {
    local name
    if alive rabbitmq; then return 0; fi
    for name in amqp amqps distribution; do
        free_port "$name" > /dev/null
    done
    alive epmd || free_port epmd > /dev/null
    write_rabbitmq_configuration
    if gone epmd; then
        run_with_rabbitmq_environment epmd "$(command -v epmd)" -port "$(port epmd)" -address 127.0.0.1
        wait_until "$SERVER_LIMIT" answers "$(port epmd)" || die_with_log "$LOGS/epmd.log" "epmd does not answer" "remove the line epmd= from $PORTS and run this again"
    fi
    ulimit -n 65536 2> /dev/null || true
    run_with_rabbitmq_environment rabbitmq "$RABBIT_SCRIPTS/rabbitmq-server"
    if ! wait_until "$SERVER_LIMIT" rabbitmq_listens || gone rabbitmq; then
        stop_process rabbitmq KILL
        die_with_log "$LOGS/rabbitmq.log" "RabbitMQ does not answer within $SERVER_LIMIT s" "deploy/stack wipe rabbitmq deletes its data and starts it again"
    fi
    say "RabbitMQ is up: 127.0.0.1:$(port amqp), TLS $(port amqps) (pid $(pid_of rabbitmq))"
}

stop_rabbitmq() {
    if [ "${1:-}" = --immediate ]; then stop_process rabbitmq KILL; else stop_process rabbitmq TERM "$SERVER_LIMIT"; fi
}

wipe_rabbitmq() {
    stop_rabbitmq --immediate
    rm -rf "${RABBIT:?}/data"
    start_rabbitmq
}
