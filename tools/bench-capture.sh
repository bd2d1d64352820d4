#!/usr/bin/env bash
# Compares pgassay capture, which makes a dump and reads every row once more beside it, with pg_dump alone, of the same
# database and with the same arguments: by the number of connections that read. Prints the median of the runs of each,
# the ratio, and the peak memory of pgassay itself.
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

alone # once without measuring: then the rows are in memory for all
for connections in ${CONNECTIONS:-1 2 4}; do
    rm -f "$work/alone" "$work/captured"
    for run in $(seq "$runs"); do
        seconds alone >>"$work/alone"
        seconds with_manifest "$connections" >>"$work/captured"
        printf 'run %d   pg_dump %s s   capture %s s\n' "$run" "$(tail -n 1 "$work/alone")" "$(tail -n 1 "$work/captured")"
    done
    awk -v alone="$(median "$work/alone")" -v captured="$(median "$work/captured")" -v scale="$scale" -v runs="$runs" \
        -v connections="$connections" 'BEGIN {
        printf "scale %s, median of %d, %d connections   pg_dump %.2f s   capture %.2f s   ratio %.2f\n",
            scale, runs, connections, alone, captured, captured / alone
    }'
done
peak_memory
awk -v size="$(stat --format %s "$work/captured.dump.manifest.json")" -v dump="$(stat --format %s "$work/captured.dump")" 'BEGIN {
    printf "manifest %.1f kB, dump %.1f MB\n", size / 1e3, dump / 1e6
}'
