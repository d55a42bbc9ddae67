# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The files that are installed, and the packages made of them.

DIST=$CHECKOUT/dist
SCRATCH=$CHECKOUT/.build-dist
WORKERS="muster-ingest muster-submitter muster-watcher muster-notifier muster-gateway"
PROGRAMS="muster $WORKERS muster-labsim"
# The command for machines that reach a fleet over its gateway only; it is called muster in its tarball.
REMOTE=muster-remote

# The commit, marked if files have changed since.
COMMIT=$(git -C "$CHECKOUT" rev-parse HEAD)
[ -z "$(git -C "$CHECKOUT" status --porcelain)" ] || COMMIT=$COMMIT-dirty

# All times in what is made are those of the commit, so the same commit gives the same files.
SOURCE_DATE_EPOCH=$(git -C "$CHECKOUT" log -1 --format=%ct)
export SOURCE_DATE_EPOCH

# package_version: 0.1.0 for the commit of that release, otherwise 0.1.0+20261130.1f0c2ab, which is newer.
package_version() {
    local version
    version=$(sed -n 's/.*static let current = "\(.*\)".*/\1/p' "$CHECKOUT/Sources/FleetRuntime/Service/MusterVersion.swift")
    if git -C "$CHECKOUT" tag --points-at HEAD | grep -qxF "v$version" && [ "$COMMIT" = "${COMMIT%-dirty}" ]; then
        echo "$version"
    else
        echo "$version+$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d).${COMMIT:0:7}"
    fi
}
VERSION=$(package_version)
ARCHITECTURE=$(uname -m)

build_release() {
    local program
    for program in $PROGRAMS $REMOTE; do
        say "building $program"
        MUSTER_COMMIT=$COMMIT swift build -c release --static-swift-stdlib --scratch-path "$SCRATCH" --product "$program"
    done
}

# strip_into PROGRAM FOLDER: without debugging information, which is most of a program.
strip_into() { strip --strip-all -o "$2/$(basename "$1")" "$1"; }

# stage_files ROOT: everything where it belongs in a Debian system.
stage_files() {
    local root=$1 program
    install -d "$root"/usr/{bin,lib/muster,lib/systemd/system,lib/sysusers.d,share/man} "$root"/usr/share/doc/muster/{docs,examples}
    for program in $PROGRAMS; do
        strip_into "$BUILD/$program" "$root/usr/lib/muster"
        ln -s "../lib/muster/$program" "$root/usr/bin/$program"
    done
    stage_swift_libraries "$root/usr/lib/muster"
    "$HERE/package/units.py" "$root/usr/lib/systemd/system"
    install -D -m 755 "$HERE/package/reload-worker" "$root/usr/libexec/muster/reload-worker"
    install -m 644 "$HERE/package/sysusers.conf" "$root/usr/lib/sysusers.d/muster.conf"
    "$HERE/package/manpages.py" "$BUILD" "$root/usr/share/man"
    find "$root/usr/share/man" -type f -exec gzip -9n {} +
    stage_completions bash "$root/usr/share/bash-completion/completions/muster"
    stage_completions zsh "$root/usr/share/zsh/vendor-completions/_muster"
    stage_completions fish "$root/usr/share/fish/vendor_completions.d/muster.fish"
    install -m 644 README.md CHANGELOG.md SECURITY.md "$root/usr/share/doc/muster/"
    install -m 644 docs/*.md "$root/usr/share/doc/muster/docs/"
    install -m 644 LICENSE "$root/usr/share/doc/muster/copyright"
    install -m 644 muster.example.yaml examples/jobset.json deploy/receiver.py "$root/usr/share/doc/muster/examples/"
    # One directory for each section with secrets; the units load those that a worker needs.
    install -d -m 755 "$root/etc/muster"
    install -d -m 700 "$root"/etc/muster/credentials{,/broker,/database,/backends,/callback,/mail,/gateway}
}

# stage_completions SHELL FILE
stage_completions() {
    install -d "$(dirname "$2")"
    "$BUILD/muster" --generate-completion-script "$1" > "$2"
}

# stage_remote FOLDER: the command that needs nothing but a gateway, and what belongs to it.
stage_remote() {
    install -d "$1"
    strip_into "$BUILD/$REMOTE" "$1"
    mv "$1/$REMOTE" "$1/muster"
    stage_swift_libraries "$1" "$REMOTE"
    install -m 644 LICENSE "$1/LICENSE"
}

# stage_swift_libraries FOLDER [PROGRAM...]: those that the programs ask for, by default all of the fleet; none if Swift is
# linked in.
stage_swift_libraries() {
    local folder=$1 program library
    shift
    # shellcheck disable=SC2086 # a list of names
    [ $# -gt 0 ] || set -- $PROGRAMS
    for program in "$@"; do ldd "$BUILD/$program"; done | awk '/\/swift\/linux\// { print $3 }' | sort -u | while read -r library; do
        strip --strip-unneeded -o "$folder/$(basename "$library")" "$library"
    done
}

# find_libraries ROOT: DEPENDS for the package, and LIBRARIES as NAME=VERSION, of the Debian packages that are needed.
find_libraries() {
    local work
    work=$(mktemp -d)
    mkdir "$work/debian"
    printf 'Source: muster\n\nPackage: muster\nArchitecture: any\n' > "$work/debian/control"
    DEPENDS=$(cd "$work" && dpkg-shlibdeps -O --ignore-missing-info -l"$1/usr/lib/muster" "$1"/usr/lib/muster/* 2> "$work/log" \
        | sed -n 's/^shlibs:Depends=//p') || die_with_log "$work/log" "dpkg-shlibdeps" "install the missing library"
    LIBRARIES=$(tr ',' '\n' <<< "$DEPENDS" | sed 's/^ *\([^ ]*\).*/\1/' | while read -r name; do
        dpkg-query -W -f='${Package}=${Version}\n' "$name" | head -n 1
    done)
    rm -rf "$work"
}

# Times and owners do not depend on who packs, and when.
pack() { tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner "$@"; }

# The window is as long as two programs, so that what is linked into all of them is stored once.
make_tarball() {
    local name=muster-$VERSION-linux-$ARCHITECTURE
    pack -C "$1" --transform "s#^root#$name#" -cf - root | zstd -q -10 -T0 --long=27 -o "$DIST/$name.tar.zst"
}

# A CI runner may have no zstd. It must not load what it does not need: that is what it is for.
make_remote_tarball() {
    local name=muster-remote-$VERSION-linux-$ARCHITECTURE
    if ldd "$1/remote/muster" | grep -E 'lib(rabbitmq|pq|curl)\.'; then
        die "$REMOTE loads a library that it must not need (above)"
    fi
    pack -C "$1" --transform "s#^remote#$name#" -cf - remote | gzip -9n > "$DIST/$name.tar.gz"
}

make_deb() {
    local root=$1/root architecture
    architecture=$(dpkg --print-architecture)
    mkdir "$root/DEBIAN"
    cat > "$root/DEBIAN/control" <<END
Package: muster
Version: $VERSION
Architecture: $architecture
Maintainer: The Muster authors <muster@localhost>
Installed-Size: $(du -k -s --apparent-size "$root" | cut -f 1)
Depends: $DEPENDS, systemd-standalone-sysusers | systemd
Recommends: ca-certificates
Suggests: rabbitmq-server (>= 3.10), postgresql (>= 15)
Section: net
Priority: optional
Description: runs the test jobs of a software build in LAVA labs
 Muster submits each job of a jobset to its lab exactly once, counts the jobs
 that end, and when the last one has ended it writes one report and calls one
 callback. PostgreSQL holds the state and RabbitMQ distributes the work.
END
    for script in postinst prerm postrm; do install -m 755 "$HERE/package/$script" "$root/DEBIAN/$script"; done
    dpkg-deb --root-owner-group -Zzstd -z10 --build "$root" "$DIST/muster_${VERSION}_$architecture.deb" > /dev/null
    rm -rf "$root/DEBIAN"
}

make_bill() {
    # shellcheck disable=SC2086 # a list of packages
    "$HERE/package/sbom.py" "$(dirname "$BUILD")" "$VERSION" "$COMMIT" $LIBRARIES > "$DIST/muster-$VERSION.cdx.json"
}

megabytes() { awk -v bytes="$(stat -L -c %s "$1")" 'BEGIN { printf "%.1f MB", bytes / 1e6 }'; }

# newest_glibc FILE...: the version of glibc that they need at least.
newest_glibc() { objdump -T "$@" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1; }

# report ROOT REMOTE
report() {
    local file
    for file in "$DIST"/*; do printf '  %-52s %s\n' "$(basename "$file")" "$(megabytes "$file")"; done
    say "installed:"
    for file in "$1"/usr/lib/muster/*; do printf '  %-52s %s\n' "$(basename "$file")" "$(megabytes "$file")"; done
    say "shared libraries, directly needed:"
    for file in $PROGRAMS; do
        printf '  %-18s %s\n' "$file" "$(objdump -p "$1/usr/lib/muster/$file" | awk '$1 == "NEEDED" { print $2 }' | sort | tr '\n' ' ')"
    done
    say "newest symbols of glibc: $(newest_glibc "$1"/usr/lib/muster/*)"
    say "Debian packages: $DEPENDS"
    say "the command for CI runners ($(megabytes "$2/muster")) needs $(newest_glibc "$2"/*) and:"
    printf '  %s\n' "$(objdump -p "$2/muster" | awk '$1 == "NEEDED" { print $2 }' | sort | tr '\n' ' ')"
}
