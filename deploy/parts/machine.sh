# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A whole Debian system of its own: made by mmdebstrap, booted by systemd-nspawn, with nothing but loopback for a network.

MACHINE=$MUSTER_HOME/machine
MACHINE_PACKAGES=systemd,systemd-sysv,dbus,ca-certificates,curl,python3

# make_machine DEB PACKAGE...: an empty system, and these packages installed in it as a person would.
make_machine() {
    local deb=$1
    shift
    stop_machine
    rm -rf "$MACHINE"
    mkdir -p "$MACHINE"
    {
        # Debian 12, whatever this machine has.
        mmdebstrap --variant=minbase --include="$MACHINE_PACKAGES" bookworm "$MACHINE"
        install -m 644 "$deb" "$MACHINE/root/"
        # RabbitMQ's node has the machine's name, which must have an address.
        echo muster > "$MACHINE/etc/hostname"
        echo "127.0.0.1 localhost muster" > "$MACHINE/etc/hosts"
        # Nothing is started while it is installed: nobody is there to start it.
        unbooted apt-get update
        unbooted apt-get install --yes --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "./$(basename "$deb")" "$@"
    } > "$LOGS/machine.log" 2>&1 9>&- || die_with_log "$LOGS/machine.log" "making the system in $MACHINE" "check the network and /etc/apt/sources.list"
}

# unbooted COMMAND...: runs it in the system that has not been booted, with the network of this machine.
unbooted() {
    systemd-nspawn --quiet --register=no --keep-unit --console=pipe -D "$MACHINE" --chdir=/root \
        --setenv=DEBIAN_FRONTEND=noninteractive --setenv=LANG=C.UTF-8 "$@" < /dev/null
}

start_machine() {
    launch machine systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --console=pipe -D "$MACHINE"
    wait_until "$SERVER_LIMIT" machine_runs || die_with_log "$LOGS/machine.log" "the system does not boot" "read $LOGS/machine.log"
    inside systemctl is-system-running --wait > /dev/null || true
}

# The first process of the system, which is the child of systemd-nspawn.
machine_leader() { cat "/proc/$(pid_of machine)/task/"*/children 2> /dev/null | awk '{ print $1; exit }'; }

# inside COMMAND...: runs it in the system, as root.
inside() {
    local leader
    leader=$(machine_leader)
    nsenter --target "$leader" --mount --uts --ipc --net --pid --root --wd \
        env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" 9>&-
}

machine_runs() { alive machine && [ -n "$(machine_leader)" ] && inside test -S /run/dbus/system_bus_socket 2> /dev/null; }

stop_machine() { stop_process machine TERM 60; }
