# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Test tools from PyPI, in a virtual environment of the checkout.

VENV=$MUSTER_HOME/venv

install_from_pypi() {
    need_venv
    say "installing $* into $VENV (log: $LOGS/pip.log)" >&2
    python3 -m venv "$VENV" >> "$LOGS/pip.log" 2>&1
    "$VENV/bin/pip" install --disable-pip-version-check --retries 5 "$@" >> "$LOGS/pip.log" 2>&1 \
        || die_with_log "$LOGS/pip.log" "installing $*" "check the network, then run this again"
}

# python_tool PROGRAM REQUIREMENT...: the path of a program, installed if it isn't there.
python_tool() {
    local program=$1
    shift
    [ -x "$VENV/bin/$program" ] || install_from_pypi "$@"
    echo "$VENV/bin/$program"
}

# python_with MODULES REQUIREMENT...: the path of a Python that can import these modules (a, b), installed if they aren't there.
python_with() {
    local modules=$1
    shift
    "$VENV/bin/python" -c "import $modules" 2> /dev/null || install_from_pypi "$@"
    echo "$VENV/bin/python"
}
