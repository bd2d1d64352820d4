#!/usr/bin/env bash
# What the benchmarks do alike. Sourced from the project's root with the arguments of the benchmark; leaves the shell in a
# directory of its own, $work, which is removed at the end, with the server in $data.
# shellcheck disable=SC2034 # the variables are for whoever sources this

scale=${1:-1}
runs=${RUNS:-3}
bin=/usr/lib/postgresql/15/bin

if [ -n "${PGASSAY:-}" ]; then
    pgassay=$PGASSAY
else
    swift build -c release --static-swift-stdlib --product pgassay >&2
    pgassay=$(swift build -c release --static-swift-stdlib --show-bin-path)/pgassay
fi

work=$(mktemp -d "${BENCH_DIR:-/var/tmp}/pgassay-bench-XXXXXXXX")
data=$work/data

# Servers refuse to run as root, and do well not to.
unprivileged() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid nobody --regid nogroup --clear-groups "$@"
    else
        "$@"
    fi
}

# start_server SETTING…: an empty server with a database avaolo; listens in $work alone.
start_server() {
    local setting options="-c listen_addresses='' -c unix_socket_directories='$work'"
    for setting in "$@"; do options+=" -c $setting"; done
    unprivileged "$bin/initdb" --pgdata "$data" --username postgres --encoding UTF8 --locale C --auth trust --no-sync \
        ${checksums:+"$checksums"} >/dev/null
    unprivileged "$bin/pg_ctl" --pgdata "$data" --log "$work/log" --wait start --options "$options" >/dev/null
    "$bin/createdb" --template template0 avaolo
}

stop_server() {
    if [ -e "$data/postmaster.pid" ]; then
        unprivileged "$bin/pg_ctl" --pgdata "$data" --mode immediate --wait stop >/dev/null || true
    fi
}

# Runs a command and prints how long it took.
seconds() {
    local start=$EPOCHREALTIME
    "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; return 1; }
    awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", end - start }'
}

# Runs pgassay and keeps the most memory that it had in $work/peaks.
watched() {
    local process peak status=0
    "$pgassay" "$@" &
    process=$!
    # The kernel keeps the peak (proc(5)); what is read last is all of it but for the end.
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
cd "$work" || exit 1 # where the unprivileged account can be

export PGHOST=$work PGUSER=postgres PGDATABASE=avaolo
