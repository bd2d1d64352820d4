#!/usr/bin/env bash
# Installs the Debian packages that a task needs and that are missing, and says which and why.
#
#   tools/install-dependencies.sh build|drill|test|lint|bench|sanitize|fuzz|coverage
#
# Asks for nothing, touches nothing when all is there. A PostgreSQL server that this installs brings no cluster: a drill
# starts its own, and nobody wants a database listening on port 5432 because they tried a tool.
set -euo pipefail

task=${1:?usage: tools/install-dependencies.sh build|drill|test|lint|bench|sanitize|fuzz|coverage}

missing=()

# need PACKAGE REASON
need() {
    if [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" != installed ]; then
        missing+=("$1")
        printf '  %-22s %s\n' "$1" "$2" >&2
    fi
}

need_for_build() {
    need libpq-dev 'to talk to PostgreSQL'
    need libzstd-dev 'to read dumps compressed with zstd, and to compress exports'
    need liblz4-dev 'to read dumps compressed with lz4'
    need libisal-dev 'to read dumps compressed with gzip, fast'
    need libxxhash-dev 'to digest rows'
}

need_for_drill() {
    need_for_build
    need postgresql-15 'the server that a backup is restored into'
    need postgresql-client-15 'pg_restore, psql and pg_dump'
    need openssl 'to check the report without pgassay'
    need util-linux 'unshare and setpriv: no network and no root for that server'
}

need_for_test() {
    need_for_drill
    need python3-venv 'a place of their own for the reference tools from PyPI'
    need zstd 'the reference for zstd'
    need lz4 'the reference for lz4'
    need gzip 'the reference for gzip'
    need procps 'ps and pgrep, to see that no process is left'
    need pgbackrest 'repositories of backups, real ones'
    need barman 'another kind of them'
    need postgresql-15-cron 'a library that runs jobs, which must not run in a drill'
    need age 'encrypted backups'
    need gnupg 'and those of an older kind'
    need openjdk-17-jre-headless 'Spark, which reads what was exported'
}

need_for_bench() {
    need_for_drill
    need zstd 'what an export is compared with'
}

need_for_sanitize() {
    need_for_test
}

need_for_fuzz() {
    need_for_build # libFuzzer comes with Swift
}

need_for_coverage() {
    need_for_test
    need python3 'to make a table of what was counted'
}

need_for_lint() {
    need shellcheck 'to check the scripts'
    need systemd 'systemd-analyze, to check the units'
    need python3-yaml 'to check the YAML files'
}

require_swift() {
    local version
    if ! command -v swift >/dev/null; then
        echo 'Swift 6.2 or newer is needed, and there is no swift here. Get it from https://www.swift.org/install/linux/' >&2
        exit 1
    fi
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    if [ "$(printf '6.2\n%s\n' "$version" | sort --version-sort | head -n 1)" != 6.2 ]; then
        echo "Swift 6.2 or newer is needed; this is ${version:-a version that cannot be read}." >&2
        echo 'Get a newer one from https://www.swift.org/install/linux/' >&2
        exit 1
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        printf 'Not root, and sudo is not installed. Run this as root:\n  %s\n' "$*" >&2
        exit 1
    fi
}

# postgresql-common reads every file in createcluster.d; ours is there only while packages are being installed.
no_cluster=/etc/postgresql-common/createcluster.d/pgassay-install.conf

forbid_cluster() {
    as_root mkdir -p "${no_cluster%/*}"
    echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
    trap 'as_root rm -f "$no_cluster"' EXIT
}

install_packages() {
    as_root apt-get update --quiet --quiet
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --quiet --yes --no-install-recommends "$@" </dev/null
}

require_swift
if ! command -v dpkg-query >/dev/null; then
    echo 'Not a Debian system: see tools/install-dependencies.sh for what to install. Going on with what is here.' >&2
    exit 0
fi

"need_for_$task"
if [ ${#missing[@]} -gt 0 ]; then
    echo "make $task needs these Debian packages; installing them." >&2
    case " ${missing[*]} " in *' postgresql-15 '*) forbid_cluster ;; esac
    install_packages "${missing[@]}"
fi
