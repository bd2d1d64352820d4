#!/usr/bin/env bash
# Installs the missing Debian packages that a task needs, and says which and why.
#
#   tools/install-dependencies.sh build|deb|image|drill|test|lint|bench|sanitize|fuzz|regression|coverage
#
# It asks no questions, and changes nothing if all packages are installed. If it installs a PostgreSQL server, it
# prevents Debian from creating a cluster: a drill starts its own server, and a database on port 5432 would be a
# surprise.
set -euo pipefail

task=${1:?usage: tools/install-dependencies.sh build|deb|image|drill|test|lint|bench|sanitize|fuzz|regression|coverage}

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
    need libbz2-dev 'to read dumps compressed with bzip2'
    need liblzma-dev 'to read dumps compressed with xz'
    need libisal-dev 'to read dumps compressed with gzip, fast'
    need libxxhash-dev 'to digest rows'
}

need_for_drill() {
    need_for_build
    need postgresql-15 'the server that a backup is restored into'
    need postgresql-client-15 'pg_restore, psql and pg_dump'
    need openssl 'to check the report without pgassay'
}

need_for_deb() {
    need_for_build
    need dpkg-dev 'to find out which libraries the program needs'
    need lintian 'to check the package'
    need mmdebstrap 'to try the package in a clean Debian'
}

need_for_image() {
    need_for_build
    need dpkg-dev 'to find out which libraries the program needs'
    need mmdebstrap 'to install Debian in a directory'
    need umoci 'to make an image of it'
    need python3-venv 'to install the aws tool into it'
    need crun 'to try the image'
    need python3-yaml 'to try it as the pods of Kubernetes'
    need openssl 'to check its reports without pgassay'
    need curl 'to make a bucket'
}

need_for_test() {
    need_for_drill
    need python3-venv 'a separate directory for the reference tools from PyPI'
    need zstd 'the reference for zstd'
    need lz4 'the reference for lz4'
    need gzip 'the reference for gzip'
    need bzip2 'the reference for bzip2'
    need xz-utils 'the reference for xz'
    need procps 'ps and pgrep, to check that no process is left'
    need pgbackrest 'real repositories of backups'
    need barman 'real repositories of another kind'
    need util-linux 'setpriv, unshare: pgassay as other accounts, and on machines that allow less'
    need postgresql-plperl-15 'a language that a restored database may use'
    need postgresql-15-postgis-3 'an extension with many libraries'
    need hunspell-en-us 'a dictionary for text search'
    need postgresql-15-cron 'a library that runs jobs, which must not run in a drill'
    need age 'to encrypt and decrypt backups'
    need gnupg 'to encrypt and decrypt backups in another way'
    need openjdk-17-jre-headless 'to run Spark, which reads exports'
    need curl 'to tell others of a drill'
    need strace 'to kill pgassay at a step of its work'
    need golang-go 'to build a verifier of ledgers that is not ours'
    need chromium 'to look at pages as people do (290 MB)'
    need poppler-utils 'pdftotext, to read what is printed'
    need golang-golang-x-mod-dev 'the Go library for transparency logs and signed notes'
}

need_for_bench() {
    need_for_drill
    need zstd 'to compress by hand, which an export is compared with'
}

need_for_sanitize() {
    need_for_test
}

need_for_fuzz() {
    need_for_build # libFuzzer comes with Swift
}

need_for_regression() {
    need_for_drill
    need gcc 'to build the library that the tests of PostgreSQL load'
    need libc6-dev 'to build that library'
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
        echo 'Swift 6.2 or newer is needed, and swift was not found. Get it from https://www.swift.org/install/linux/' >&2
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

# postgresql-common reads every file in createcluster.d. Our file exists only while packages are being installed.
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
    echo 'This is not a Debian system: tools/install-dependencies.sh lists what to install. Continuing with what is installed.' >&2
    exit 0
fi

"need_for_$task"
if [ ${#missing[@]} -gt 0 ]; then
    echo "make $task needs these Debian packages; installing them." >&2
    case " ${missing[*]} " in *' postgresql-15 '*) forbid_cluster ;; esac
    install_packages "${missing[@]}"
fi
