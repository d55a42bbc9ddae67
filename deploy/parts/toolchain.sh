# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What building needs besides packages.

require_swift() {
    if ! command -v swift > /dev/null; then
        die "there is no swift on PATH: install Swift 6.3 (https://www.swift.org/install/linux/), then run this again"
    fi
}

# elapsed: seconds since the script began, as 3:07.
elapsed() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }

# Steps of a long script. When it ends early, whatever way, it says in which step and what to do.
STEP=
ADVICE=
step() {
    STEP=$1
    ADVICE=${2:-"read the lines above"}
    echo
    say "[$(elapsed)] $STEP"
}

# ending CODE: what a script's exit code says of its end; a signal's is 128 and its number.
ending() { case $1 in 130 | 143) echo INTERRUPTED ;; *) echo FAILED ;; esac; }

# quietly LOG COMMAND...: for stopping what was started, so that the last words on the screen are the ones that matter.
quietly() {
    local log=$LOGS/$1.log
    shift
    "$@" >> "$log" 2>&1 || warn "'$*' failed; see $log"
}

# swift_test OPTION...: runs tests of what is built; of a failure, what failed and why is said once more at the end.
swift_test() {
    local log=$LOGS/swift-test.log code=0
    swift test --skip-build "$@" 2>&1 | tee "$log" || code=$?
    if [ "$code" != 0 ]; then
        warn "what failed (all of it is in $log):"
        grep -a -E -A 3 '^✘|recorded an issue|Fatal error|unexpected signal' "$log" | tail -n 100 | cut -c 1-600 >&2 || true
    fi
    return "$code"
}
