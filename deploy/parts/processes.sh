# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Processes are identified by pid *and* start time, so a pid that another process now has is never signalled.

# start_time PID: in clock ticks since boot, field 22 of /proc/PID/stat; the name before it can contain spaces and parentheses.
start_time() {
    local stat fields
    # A zombie has ended, whatever its entry says. If nobody reaps it, it would otherwise seem alive forever.
    { stat=$(< "/proc/$1/stat"); } 2> /dev/null || return 1
    read -r -a fields <<< "${stat##*) }"
    [ "${fields[0]}" != Z ] || return 1
    echo "${fields[19]}"
}

# same_process PID TICKS
same_process() { [ -n "${2:-}" ] && [ "$(start_time "$1")" = "$2" ]; }

record() {
    local ticks
    ticks=$(start_time "$2") || return 1
    echo "$2 $ticks" > "$RUN/$1.pid"
}

pid_of() {
    local pid ticks
    [ -f "$RUN/$1.pid" ] && read -r pid ticks < "$RUN/$1.pid" && same_process "$pid" "$ticks" && echo "$pid"
}

alive() { pid_of "$1" > /dev/null; }
gone() { ! alive "$1"; }

# launch NAME COMMAND...: in its own session, with its own log, and without our lock.
launch() {
    local name=$1 pid
    shift
    setsid "$@" >> "$LOGS/$name.log" 2>&1 < /dev/null 9>&- &
    pid=$!
    disown "$pid"
    record "$name" "$pid" || die_with_log "$LOGS/$name.log" "$name ended at once" "read the log lines above"
}

# stop_process NAME [SIGNAL] [SECONDS]: signals it, waits, and kills it only if it has not ended by then.
stop_process() {
    local name=$1 signal=${2:-TERM} limit=${3:-30} pid
    if pid=$(pid_of "$name"); then
        kill -s "$signal" "$pid" 2> /dev/null || true
        if ! wait_until "$limit" gone "$name"; then
            warn "$name (pid $pid) did not end within ${limit} s of SIG$signal: killing it"
            kill -s KILL "$pid" 2> /dev/null || true
            wait_until 10 gone "$name" || die "$name (pid $pid) cannot be killed"
        fi
        say "stopped $name (pid $pid)"
    fi
    rm -f "$RUN/$name.pid"
}

# descendants PID: every process below it, as PID:TICKS, for processes that leave children behind when they end.
descendants() {
    local child
    for child in $(cat "/proc/$1/task/"*/children 2> /dev/null); do
        echo "$child:$(start_time "$child")"
        descendants "$child"
    done
}

none_left() {
    local each
    for each in "$@"; do
        ! same_process "${each%%:*}" "${each##*:}" || return 1
    done
}

# stop_family NAME [SIGNAL] [SECONDS]: stops a process and then all that it has started.
stop_family() {
    local pid family=() each
    if pid=$(pid_of "$1"); then
        mapfile -t family < <(descendants "$pid")
    fi
    stop_process "$1" "${2:-TERM}" "${3:-30}"
    [ ${#family[@]} -gt 0 ] || return 0
    for each in "${family[@]}"; do
        none_left "$each" || kill -s TERM "${each%%:*}" 2> /dev/null || true
    done
    wait_until 15 none_left "${family[@]}" && return 0
    for each in "${family[@]}"; do
        none_left "$each" || kill -s KILL "${each%%:*}" 2> /dev/null || true
    done
}
