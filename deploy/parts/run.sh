# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A run that starts servers for itself, and stops what it started, also on failure and on Ctrl-C.

# NAME SCRIPT pairs; what was started last is stopped first.
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

# The private RabbitMQ and PostgreSQL, and what the tests have to know of them.
run_servers() {
    step "Servers: RabbitMQ and PostgreSQL" "the lines above say what failed; deploy/stack status; logs are in $LOGS"
    if gone rabbitmq || gone postgres; then stop_at_end stack "$HERE/stack"; fi
    "$HERE/stack" up
    eval "$("$HERE/stack" env)"
}

run_build() {
    step "Build (the first takes many minutes; nothing is stuck while the numbers grow)" "mend what the compiler says; make clean if it makes no sense"
    swift build --build-tests
}
