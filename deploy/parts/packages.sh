# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Debian packages, installed without starting the system's own instances of the servers.

SERVER_PACKAGES="rabbitmq-server postgresql openssl curl python3 python3-aiosmtpd util-linux jq"
# For tests of the metrics, alerts and dashboards.
MONITORING_PACKAGES="prometheus"
BUILD_PACKAGES="librabbitmq-dev libpq-dev libcurl4-openssl-dev libssl-dev pkg-config"

installed() { dpkg-query -W -f='${Status}' "$1" 2> /dev/null | grep -q 'install ok installed'; }

# A package's maintainer scripts ask policy-rc.d before they start a service; 101 says no.
# If the machine already has one, it stays as it is.
POLICY=/usr/sbin/policy-rc.d
POLICY_IS_OURS=
forbid_services() {
    [ ! -e "$POLICY" ] || return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" > /dev/null
    as_root chmod 755 "$POLICY"
    POLICY_IS_OURS=yes
    trap allow_services EXIT
}
allow_services() {
    [ -n "$POLICY_IS_OURS" ] || return 0
    as_root rm -f "$POLICY"
    POLICY_IS_OURS=
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" \
        >> "$LOGS/apt.log" 2>&1 < /dev/null 9>&-
}

# install_packages NAME...: installs those that are missing; refreshes the package lists only if that fails.
install_packages() {
    local missing=() package
    for package in "$@"; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get > /dev/null || die "these packages are missing, and there is no apt-get to install them: ${missing[*]} (tested on Debian 12)"
    say "installing ${missing[*]} (log: $LOGS/apt.log)"
    forbid_services
    if ! apt_install "${missing[@]}"; then
        as_root apt-get -o DPkg::Lock::Timeout=300 update >> "$LOGS/apt.log" 2>&1 9>&- || true
        apt_install "${missing[@]}" \
            || die_with_log "$LOGS/apt.log" "installing ${missing[*]}" "check the network and /etc/apt/sources.list, then run this again"
    fi
    allow_services
}

# need_venv: Debian's Python can't create virtual environments without this package.
need_venv() { python3 -c 'import ensurepip' 2> /dev/null || install_packages python3-venv >&2; }
