# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Ports are chosen once a checkout and remembered, so several checkouts run beside one another and addresses stay.

PORTS=$MUSTER_HOME/ports

silent() { ! answers "$1"; }
answers() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# Below the range from which the kernel takes ports for outgoing connections, so that none is lost to one of those.
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

# free_port NAME: as `port`, for a server that is not running: when a stranger took the port meanwhile, choose anew.
free_port() {
    local known
    known=$(port "$1")
    # A server that was killed counts as gone a moment before the last of its threads lets go of the port: it is not a
    # stranger's, and whoever knows the address must find the server there again.
    if ! wait_until 5 silent "$known"; then
        warn "port $known of $1 is taken by another program: choosing another"
        sed -i "/^$1=/d" "$PORTS"
        known=$(port "$1")
    fi
    echo "$known"
}
