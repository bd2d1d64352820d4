#!/usr/bin/env bash
# Drills PostgreSQL's regression database: what the tests of PostgreSQL 15 leave behind has nearly every kind of object
# that there is. It must pass; hazards are right, because the tests make them on purpose.
#
#   tools/regression-database.sh
#
# Gets the tests from Debian's source package, runs them on a server of its own, backs their database up in four ways,
# and drills each. Nothing is installed: all of it lies in a directory that is removed at the end, but for what was
# downloaded, the backups and the reports, which are in .build-regression. PGASSAY names another program to drill with.
# Exit code 1 if a drill did not pass.
set -euo pipefail
cd "$(dirname "$0")/.."

major=15
installed=/usr/lib/postgresql/$major
kept=$PWD/.build-regression
work=$(mktemp -d /var/tmp/pgassay-regression-XXXXXXXX)
tree=$work/postgres
bin=$tree$installed/bin
mkdir -p "$kept"

if [ -z "${PGASSAY:-}" ]; then
    swift build -c release --product pgassay >&2
    PGASSAY=$(swift build -c release --show-bin-path)/pgassay
fi

# PostgreSQL servers refuse to run as root.
unprivileged() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd "$work" && setpriv --reuid nobody --regid nogroup --clear-groups "$@")
    else
        (cd "$work" && "$@")
    fi
}

stop_server() {
    if [ -e "$work/data/postmaster.pid" ]; then
        unprivileged "$bin/pg_ctl" --pgdata "$work/data" --mode immediate --wait stop >/dev/null || true
    fi
}
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# apt with directories of its own, in which Debian's entries name the sources of their packages. Others than Debian's may
# have none.
apt_of_sources() {
    local command=$1
    shift
    "$command" -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/apt/sources" \
        -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=root "$@"
}

name_sources() {
    local entry
    mkdir -p "$work/apt/sources" "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
    for entry in /etc/apt/sources.list.d/*.sources; do
        if grep --quiet debian-archive-keyring "$entry"; then
            sed 's/^Types:.*/Types: deb-src/' "$entry" >"$work/apt/sources/${entry##*/}"
        fi
    done
    if [ -e /etc/apt/sources.list ]; then
        sed --quiet 's/^deb /deb-src /p' /etc/apt/sources.list >"$work/apt/sources/all.list"
    fi
}

# The newest version of the source that can be had: an archive may list one that it does not have yet.
download() {
    local version versions
    if [ -e "$kept/source.tar.bz2" ] && [ -e "$kept/headers.deb" ]; then return; fi
    name_sources
    mkdir "$work/got"
    apt_of_sources apt-get update --quiet --quiet
    versions=$(apt_of_sources apt-cache showsrc "postgresql-$major" | sed --quiet 's/^Version: //p' | sort -Vr)
    for version in $versions; do
        if (cd "$work/got" && apt_of_sources apt-get source --quiet --quiet --download-only "postgresql-$major=$version") \
            2>>"$work/errors"; then
            (cd "$work/got" && apt-get -o APT::Sandbox::User=root download --quiet --quiet "postgresql-server-dev-$major")
            mv "$work"/got/*.orig.tar.bz2 "$kept/source.tar.bz2"
            mv "$work"/got/*.deb "$kept/headers.deb"
            return
        fi
    done
    if [ -e "$work/errors" ]; then cat "$work/errors" >&2; fi
    echo "Debian's source of postgresql-$major cannot be had: is there an entry for Debian in /etc/apt?" >&2
    exit 3
}

# A copy of the installed PostgreSQL with the library that the tests load.
lay_out_postgres() {
    local share=/usr/share/postgresql/$major include
    mkdir -p "$tree${installed%/*}" "$tree${share%/*}"
    cp -a "$installed" "$tree${installed%/*}/"
    cp -a "$share" "$tree${share%/*}/"
    mkdir "$work/source" "$work/headers"
    tar --extract --file "$kept/source.tar.bz2" --directory "$work/source" \
        --strip-components 1 --wildcards '*/src/test/regress'
    dpkg-deb --extract "$kept/headers.deb" "$work/headers"
    include=$work/headers/usr/include/postgresql
    cc -O2 -fPIC -shared -I "$include/$major/server" -I "$include/internal" -o "$tree$installed/lib/regress.so" \
        "$work/source/src/test/regress/regress.c"
}

run_tests() {
    local passed
    unprivileged "$bin/initdb" --pgdata "$work/data" --username postgres --encoding UTF8 --locale C --auth trust --no-sync \
        >/dev/null
    unprivileged "$bin/pg_ctl" --pgdata "$work/data" --log "$work/log" --wait start --options \
        "-c listen_addresses='' -c unix_socket_directories='$work' -c fsync=off -c max_prepared_transactions=2" >/dev/null
    # A test whose output is not as expected is no concern of ours: what counts is the database.
    unprivileged "$installed/lib/pgxs/src/test/regress/pg_regress" --bindir="$bin" --dlpath="$tree$installed/lib" \
        --inputdir="$work/source/src/test/regress" --outputdir="$work/out" --host="$work" --user=postgres \
        --dbname=regression --max-concurrent-tests=20 \
        --schedule="$work/source/src/test/regress/parallel_schedule" >"$work/tests" 2>&1 || true
    passed=$(grep --count ' ok ' "$work/tests" || true)
    if [ "$passed" -lt 100 ]; then
        echo "Only $passed of PostgreSQL's tests passed:" >&2
        tail -n 20 "$work/tests" >&2
        exit 3
    fi
    echo "$passed of PostgreSQL's tests passed."
}

# dump NAME OPTION…
dump() {
    local name=$1
    shift
    unprivileged "$bin/pg_dump" --host "$work" --username postgres "$@" regression >"$kept/$name"
}

# drill NAME OPTION…
drill() {
    local name=$1 began=$SECONDS verdict status=0
    shift
    verdict=$(PGASSAY_POSTGRES=$bin PGASSAY_POSTGRES_ONLY=1 "$PGASSAY" drill "$kept/$name" --unsigned \
        --reports "$kept/reports" "$@" 2>"$work/errors") || status=$?
    if [ "$status" -ne 0 ]; then
        printf '%s\n' "$verdict"
        cat "$work/errors" >&2
        failed=1
    fi
    printf '%s: %s s, exit code %s\n  %s\n' "$name" $((SECONDS - began)) "$status" "${verdict%%$'\n'*}"
}

download
lay_out_postgres
mkdir "$work/out"
if [ "$(id -u)" -eq 0 ]; then chown -R nobody:nogroup "$work/out" "$work/source"; chown nobody:nogroup "$work"; fi
chmod 755 "$work"
unprivileged true
run_tests
dump archive --format=custom
dump script --format=plain
dump inserts --format=plain --column-inserts --rows-per-insert=100 --clean --if-exists --create --quote-all-identifiers
unprivileged "$bin/pg_basebackup" --host "$work" --username postgres --checkpoint=fast --pgdata "$work/backup"
rm -rf "$kept/backup"
mv "$work/backup" "$kept/backup"
stop_server
failed=0
for name in archive script inserts; do drill "$name"; done
drill backup --database regression
echo "The whole took $SECONDS s."
exit "$failed"
