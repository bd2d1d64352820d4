#!/usr/bin/env bash
# Compares an export of llm_debug_log with the same rows exported by hand in one go: psql COPY | zstd -T2 -3. The export
# slices the rows by month, digests every row, writes CSV, reads every file back and compares it, and signs; by hand
# nothing of that is done. Prints the median of the runs of each, the ratios of time and size, and the peak memory of
# pgassay itself.
#
#   tools/bench-export.sh [SCALE]      environment: RUNS=3, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh

start_sample

by_hand() {
    "$bin/psql" --no-psqlrc --command 'COPY (SELECT * FROM llm_debug_log) TO STDOUT' | zstd --quiet -T2 -3 >"$work/hand.zst"
}

export_rows() {
    rm -rf "$work/cold"
    watched export --database "postgresql:///avaolo?host=$work&user=postgres" --table llm_debug_log --column timestamp \
        --before 2026-12-01 --output "$work/cold" --unsigned "$@"
}

size() { find "$work/cold" -name '*.zst' -printf '%s\n' | awk '{ sum += $1 } END { print sum }'; }

by_hand # once without measuring: then the rows are in memory for both sides
for run in $(seq "$runs"); do
    seconds by_hand >>"$work/hand"
    seconds export_rows >>"$work/export"
    printf 'run %d   by hand %s s   pgassay %s s\n' "$run" "$(tail -n 1 "$work/hand")" "$(tail -n 1 "$work/export")"
done
hand=$(stat --format %s "$work/hand.zst")
peak_memory
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
