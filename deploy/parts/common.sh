# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Shared by all scripts here: paths, messages, waiting, giving up.

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
MUSTER_HOME=${MUSTER_HOME:-$CHECKOUT/.muster}
LOGS=$MUSTER_HOME/log
RUN=$MUSTER_HOME/run
SECRETS=$MUSTER_HOME/secret
TELLER=${TELLER:-${0##*/}}

# The time limit for a server to start or stop, in seconds: far more than it needs, even if every core is busy and the
# disk has minutes of writing to do first.
SERVER_LIMIT=300

say() { echo "$TELLER: $*"; }
warn() { echo "$TELLER: $*" >&2; }
die() { warn "$*"; exit 1; }

# die_with_log LOG WHAT ADVICE: gives up, and shows the last lines of the failed part's log.
die_with_log() {
    warn "FAILED: $2"
    if [ -s "$1" ]; then
        warn "the last lines of $1:"
        tail -n 15 "$1" | sed 's/^/    /' >&2
    fi
    warn "what to do: $3"
    exit 1
}

make_home() {
    mkdir -p "$MUSTER_HOME" "$LOGS" "$RUN" "$SECRETS" "$MUSTER_HOME/bin"
    chmod 700 "$SECRETS"
}

# wait_until SECONDS COMMAND...: polls until the command succeeds; fails when the time is up.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# A lock for a whole command, so that two commands in one checkout can't start the same server twice.
# Launched processes close descriptor 9 (see processes.sh); otherwise they would hold the lock forever.
take_lock() {
    exec 9> "$MUSTER_HOME/$1.lock"
    flock -w 300 9 || die "another '$1' command has held $MUSTER_HOME/$1.lock for five minutes; wait for it, or stop it"
}

# secret NAME [PREFIX]: the path of a random secret, created once and readable only by its owner.
secret() {
    local file=$SECRETS/$1
    if [ ! -s "$file" ]; then
        (umask 077 && openssl rand -hex 20 > "$file.new" && mv "$file.new" "$file")
    fi
    echo "$file"
}

# as_root COMMAND...: runs it directly as root, otherwise with sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        die "this needs root ($*), and there is no sudo: run this as root, or install the packages yourself first"
    fi
}
