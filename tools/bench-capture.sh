#!/usr/bin/env bash
# Compares pgassay capture, which makes a dump and reads every row once more beside it, with pg_dump alone, of the same
# database and with the same arguments: by the number of connections that read. Prints the median of the runs of each,
# the ratio, the same of the server's processor time (which tells the cost on a busy machine too), and the peak memory of
# pgassay itself.
#
#   tools/bench-capture.sh [SCALE]      environment: RUNS=3, CONNECTIONS="1 2 4", BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh

start_sample

arguments=(--format=custom --compress=1)

alone() {
    rm -f "$work/alone.dump"
    "$bin/pg_dump" "${arguments[@]}" --file "$work/alone.dump"
}

# with_manifest CONNECTIONS
with_manifest() {
    rm -f "$work/captured.dump" "$work/captured.dump.manifest.json"
    watched capture --database "postgresql:///avaolo?host=$work&user=postgres" --output "$work/captured.dump" --unsigned \
        --pg-dump "$bin/pg_dump" --jobs "$1" -- "${arguments[@]}"
}

# Processor seconds of all server processes that have ended (proc(5)): those of the sessions.
server_time() {
    awk -v hertz="$(getconf CLK_TCK)" '{ print ($16 + $17) / hertz }' "/proc/$(head -n 1 "$data/postmaster.pid")/stat"
}

# measure NAME COMMAND…: adds the seconds to $work/NAME, and those of the server's processors to $work/NAME-server.
measure() {
    local name=$1 before
    shift
    before=$(server_time)
    seconds "$@" >>"$work/$name"
    sleep 0.5 # until the server has noted the end of its sessions
    awk -v before="$before" -v after="$(server_time)" 'BEGIN { printf "%.2f\n", after - before }' >>"$work/$name-server"
}

alone # once without measuring: then the rows are in memory for all
for connections in ${CONNECTIONS:-1 2 4}; do
    rm -f "$work/alone" "$work/captured" "$work/alone-server" "$work/captured-server"
    for run in $(seq "$runs"); do
        measure alone alone
        measure captured with_manifest "$connections"
        printf 'run %d   pg_dump %s s   capture %s s\n' "$run" "$(tail -n 1 "$work/alone")" "$(tail -n 1 "$work/captured")"
    done
    awk -v alone="$(median "$work/alone")" -v captured="$(median "$work/captured")" -v scale="$scale" -v runs="$runs" \
        -v connections="$connections" 'BEGIN {
        printf "scale %s, median of %d, %d connections   pg_dump %.2f s   capture %.2f s   ratio %.2f\n",
            scale, runs, connections, alone, captured, captured / alone
    }'
    awk -v alone="$(median "$work/alone-server")" -v captured="$(median "$work/captured-server")" 'BEGIN {
        printf "  of the server, processor time   pg_dump %.2f s   capture %.2f s   ratio %.2f\n", alone, captured, captured / alone
    }'
done
peak_memory
awk -v size="$(stat --format %s "$work/captured.dump.manifest.json")" -v dump="$(stat --format %s "$work/captured.dump")" 'BEGIN {
    printf "manifest %.1f kB, dump %.1f MB\n", size / 1e3, dump / 1e6
}'
