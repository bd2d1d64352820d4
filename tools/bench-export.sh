#!/usr/bin/env bash
# An export of llm_debug_log against the same rows by hand, in one run: psql COPY | zstd -T2 -3. The export slices them by
# month, digests every row, writes CSV, reads every file back and compares, and signs; by hand none of that is done. Prints
# the median of the runs of each, the ratios of time and size, and the most memory that pgassay itself took.
#
#   tools/bench-export.sh [SCALE]      environment: RUNS=3, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
set -euo pipefail

scale=${1:-1}
runs=${RUNS:-3}
cd "$(dirname "$0")/.."

bin=/usr/lib/postgresql/15/bin
sql=$PWD/Sources/Sample/SQL
pgassay=${PGASSAY:-}
if [ -z "$pgassay" ]; then
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

stop_server() {
    if [ -e "$data/postmaster.pid" ]; then
        unprivileged "$bin/pg_ctl" --pgdata "$data" --mode immediate --wait stop >/dev/null || true
    fi
}

trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

if [ "$(id -u)" -eq 0 ]; then
    chown nobody:nogroup "$work"
fi
cd "$work" # where the unprivileged account can be
export PGHOST=$work PGUSER=postgres PGDATABASE=avaolo

echo "making the sample at scale $scale" >&2
unprivileged "$bin/initdb" --pgdata "$data" --username postgres --encoding UTF8 --locale C --auth trust --no-sync >/dev/null
unprivileged "$bin/pg_ctl" --pgdata "$data" --log "$work/log" --wait start --options "-c listen_addresses='' \
    -c unix_socket_directories='$work' -c fsync=off -c max_wal_size=8GB -c autovacuum=off" >/dev/null
"$bin/createdb" --template template0 avaolo
PGOPTIONS="-c sample.scale=$scale -c sample.as_of=2026-11-01T00:00:00Z" "$bin/psql" --no-psqlrc --quiet --output /dev/null \
    --set ON_ERROR_STOP=1 --file "$sql/roles.sql" --file "$sql/schema.sql" --file "$sql/data.sql" --file "$sql/finish.sql"

seconds() {
    local start=$EPOCHREALTIME
    "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; return 1; }
    awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.2f\n", end - start }'
}

by_hand() {
    "$bin/psql" --no-psqlrc --command 'COPY (SELECT * FROM llm_debug_log) TO STDOUT' | zstd --quiet -T2 -3 >"$work/hand.zst"
}

export_rows() {
    local process peak status=0
    rm -rf "$work/cold"
    "$pgassay" export --database "postgresql:///avaolo?host=$work&user=postgres" --table llm_debug_log --column timestamp \
        --before 2026-12-01 --output "$work/cold" --unsigned "$@" &
    process=$!
    # The kernel keeps the peak (proc(5)); what is read last is all of it but for the end.
    while peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$process/status" 2>/dev/null) && [ -n "$peak" ]; do
        echo "$peak" >>"$work/peaks"
        sleep 0.1
    done
    wait "$process" || status=$?
    return "$status"
}

median() {
    sort --general-numeric-sort "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

size() { find "$work/cold" -name '*.zst' -printf '%s\n' | awk '{ sum += $1 } END { print sum }'; }

by_hand # once for nothing: then the rows are in memory for both
for run in $(seq "$runs"); do
    seconds by_hand >>"$work/hand"
    seconds export_rows >>"$work/export"
    printf 'run %d   by hand %s s   pgassay %s s\n' "$run" "$(tail -n 1 "$work/hand")" "$(tail -n 1 "$work/export")"
done
hand=$(stat --format %s "$work/hand.zst")
printf '\nmost memory of pgassay itself   %.0f MB\n' \
    "$(awk '$1 > most { most = $1 } END { print most / 1024 }' "$work/peaks")"
awk -v hand="$hand" -v cold="$(size)" 'BEGIN {
    printf "size   by hand %.1f MB   pgassay %.1f MB   ratio %.2f\n", hand / 1e6, cold / 1e6, cold / hand
}'
awk -v hand="$(median "$work/hand")" -v cold="$(median "$work/export")" -v scale="$scale" -v runs="$runs" 'BEGIN {
    printf "scale %s, median of %d   by hand %.2f s   pgassay %.2f s   ratio %.2f\n", scale, runs, hand, cold, cold / hand
}'

printf '\nlevel   size to by hand   seconds\n'
for level in 1 3 6 9; do
    took=$(seconds export_rows --level "$level")
    awk -v level="$level" -v hand="$hand" -v cold="$(size)" -v took="$took" 'BEGIN {
        printf "%5d   %15.3f   %7s\n", level, cold / hand, took
    }'
done
