# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The Swift toolchain, and the steps of long scripts.

require_swift() {
    if ! command -v swift > /dev/null; then
        die "swift is not on PATH; install Swift 6.3 (https://www.swift.org/install/linux/), then run this again"
    fi
}

# elapsed: the time since the script began, as 3:07.
elapsed() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }

# Steps of a long script. If it ends early for any reason, it says in which step and what to do.
STEP=
ADVICE=
step() {
    STEP=$1
    ADVICE=${2:-"read the lines above"}
    echo
    say "[$(elapsed)] $STEP"
}

# ending CODE: how a script ended, by its exit status; for a signal that is 128 plus its number.
ending() { case $1 in 130 | 143) echo INTERRUPTED ;; *) echo FAILED ;; esac; }

# quietly LOG COMMAND...: for stopping what was started, so that the last lines on the screen are the ones that matter.
quietly() {
    local log=$LOGS/$1.log
    shift
    "$@" >> "$log" 2>&1 || warn "'$*' failed; see $log"
}

# swift_test OPTION...: runs the tests that are built; after a failure, repeats the failures at the end.
swift_test() {
    local log=$LOGS/swift-test.log code=0
    swift test --skip-build "$@" 2>&1 | tee "$log" || code=$?
    if [ "$code" != 0 ]; then
        warn "failures (the full output is in $log):"
        grep -a -E -A 3 '^✘|recorded an issue|Fatal error|unexpected signal' "$log" | tail -n 100 | cut -c 1-600 >&2 || true
    fi
    return "$code"
}
