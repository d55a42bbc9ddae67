# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Ports are chosen once per checkout and remembered, so several checkouts can run side by side and addresses do not change.

PORTS=$MUSTER_HOME/ports

silent() { ! answers "$1"; }
answers() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# Below the range that the kernel uses for outgoing connections, so that none of those takes a chosen port.
choose_port() {
    local port tries
    for tries in $(seq 1 200); do
        port=$(shuf -i 20000-31999 -n 1)
        if ! answers "$port" && ! grep -qs "=$port\$" "$PORTS"; then
            echo "$port"
            return
        fi
    done
    die "found no free port on loopback in $tries tries"
}

# port NAME: the remembered port, or a new one.
port() {
    local known
    known=$(sed -n "s/^$1=//p" "$PORTS" 2> /dev/null || true)
    if [ -z "$known" ]; then
        known=$(choose_port)
        echo "$1=$known" >> "$PORTS"
    fi
    echo "$known"
}

# free_port NAME: like `port`, for a server that is not running. If another program has taken the port, it chooses a new one.
free_port() {
    local known
    known=$(port "$1")
    # A killed server counts as gone a moment before its last thread releases the port. That port is not another
    # program's, and clients that know the address must find the server there again.
    if ! wait_until 5 silent "$known"; then
        warn "port $known of $1 is in use by another program; choosing another"
        sed -i "/^$1=/d" "$PORTS"
        known=$(port "$1")
    fi
    echo "$known"
}
