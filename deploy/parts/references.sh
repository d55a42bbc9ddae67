# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What others wrote to verify callbacks and reports, for the tests: Standard Webhooks' own library, ed25519 of another
# make, and KernelCI's library for its schema.

REFERENCES="standardwebhooks==1.1.0 cryptography==43.0.3 kcidb-io==141"

install_references() {
    local python=$MUSTER_HOME/python
    if [ "$(cat "$python/installed" 2> /dev/null)" != "$REFERENCES" ]; then
        say "installing $REFERENCES into $python"
        rm -rf "$python"
        need_venv
        python3 -m venv "$python" && \
            # shellcheck disable=SC2086 # a list of packages
            "$python/bin/pip" install --quiet --disable-pip-version-check $REFERENCES > "$LOGS/references.log" 2>&1 || \
            die_with_log "$LOGS/references.log" "pip could not install $REFERENCES" "see whether PyPI can be reached"
        echo "$REFERENCES" > "$python/installed"
    fi
}
