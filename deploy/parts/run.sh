# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A run that starts its own servers and stops what it started, also after a failure or Ctrl-C.

# NAME SCRIPT pairs; the last one started is the first one stopped.
TO_STOP=()
stop_at_end() { TO_STOP=("$1" "$2" "${TO_STOP[@]}"); }

end_run() {
    local code=$?
    trap - EXIT
    while [ ${#TO_STOP[@]} -gt 0 ]; do
        quietly "${TO_STOP[0]}" "${TO_STOP[1]}" down
        TO_STOP=("${TO_STOP[@]:2}")
    done
    if [ "$code" != 0 ]; then
        warn "[$(elapsed)] $(ending "$code") in: $STEP"
        warn "what to do: $ADVICE"
    fi
    exit "$code"
}

begin_run() {
    cd "$CHECKOUT"
    make_home
    trap end_run EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    require_swift
}

# The private RabbitMQ and PostgreSQL, and the environment in which tests find them.
run_servers() {
    step "Servers: RabbitMQ and PostgreSQL" "the lines above say what failed; run deploy/stack status; logs are in $LOGS"
    if gone rabbitmq || gone postgres; then stop_at_end stack "$HERE/stack"; fi
    "$HERE/stack" up
    eval "$("$HERE/stack" env)"
}

run_build() {
    step "Build (the first build takes many minutes)" "fix the errors that the compiler reports above; if they make no sense, run make clean"
    swift build --build-tests
}
