#!/usr/bin/env bash
# The common part of the benchmarks. A benchmark sources it from the project's root, with its own arguments. It changes
# to a new directory, $work, which is removed at the end; the server's data is in $data.
# shellcheck disable=SC2034 # the variables are for the script that sources this

scale=${1:-1}
runs=${RUNS:-3}
bin=/usr/lib/postgresql/15/bin

if [ -n "${PGASSAY:-}" ]; then
    pgassay=$PGASSAY
else
    swift build -c release --product pgassay >&2
    pgassay=$(swift build -c release --show-bin-path)/pgassay
fi

sql=$PWD/Sources/Sample/Sample/SQL
work=$(mktemp -d "${BENCH_DIR:-/var/tmp}/pgassay-bench-XXXXXXXX")
data=$work/data

# PostgreSQL servers refuse to run as root.
unprivileged() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid nobody --regid nogroup --clear-groups "$@"
    else
        "$@"
    fi
}

# start_server SETTING…: starts an empty server with a database avaolo. It listens only on a socket in $work.
start_server() {
    local setting options="-c listen_addresses='' -c unix_socket_directories='$work'"
    for setting in "$@"; do options+=" -c $setting"; done
    unprivileged "$bin/initdb" --pgdata "$data" --username postgres --encoding UTF8 --locale C --auth trust --no-sync \
        ${checksums:+"$checksums"} >/dev/null
    unprivileged "$bin/pg_ctl" --pgdata "$data" --log "$work/log" --wait start --options "$options" >/dev/null
    "$bin/createdb" --template template0 avaolo
}

# start_sample: starts such a server with the sample in its database.
start_sample() {
    echo "making the sample at scale $scale" >&2
    start_server fsync=off max_wal_size=8GB autovacuum=off
    PGOPTIONS="-c sample.scale=$scale -c sample.as_of=2026-11-01T00:00:00Z" "$bin/psql" --no-psqlrc --quiet \
        --output /dev/null --set ON_ERROR_STOP=1 \
        --file "$sql/roles.sql" --file "$sql/schema.sql" --file "$sql/data.sql" --file "$sql/finish.sql"
}

stop_server() {
    if [ -e "$data/postmaster.pid" ]; then
        unprivileged "$bin/pg_ctl" --pgdata "$data" --mode immediate --wait stop >/dev/null || true
    fi
}

# Runs a command and prints how many seconds it took.
seconds() {
    local start=$EPOCHREALTIME
    "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; return 1; }
    awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", end - start }'
}

# Runs pgassay and writes its peak memory to $work/peaks.
watched() {
    local process peak status=0
    "$pgassay" "$@" &
    process=$!
    # The kernel keeps the peak (proc(5)). The last value read misses only the end of the run.
    while peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$process/status" 2>/dev/null) && [ -n "$peak" ]; do
        echo "$peak" >>"$work/peaks"
        sleep 0.1
    done
    wait "$process" || status=$?
    return "$status"
}

peak_memory() {
    printf '\nmost memory of pgassay itself   %.0f MB\n' \
        "$(awk '$1 > most { most = $1 } END { print most / 1024 }' "$work/peaks")"
}

median() {
    sort --general-numeric-sort "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

if [ "$(id -u)" -eq 0 ]; then
    chown nobody:nogroup "$work"
fi
cd "$work" || exit 1 # the unprivileged account may enter it

export PGHOST=$work PGUSER=postgres PGDATABASE=avaolo
