#!/usr/bin/env bash
# Compares an export of llm_debug_log with the same rows exported by hand in one go: psql COPY | zstd -T2 -3; and an export as
# Parquet with psql COPY … CSV | duckdb, which writes Parquet with zstd. The export slices the rows by month, digests every
# row, reads every file back and compares it, and signs; by hand nothing of that is done. Prints the median of the runs of
# each, the ratios of time and size, the peak memory of pgassay itself and of DuckDB, and then each layout and each level once.
#
#   tools/bench-export.sh [SCALE]      environment: RUNS=3, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay,
#                                      PGASSAY_PYTHON=a Python that has duckdb (default: the one that `make test` sets up)
set -euo pipefail

cd "$(dirname "$0")/.."
python=${PGASSAY_PYTHON:-$PWD/.venv/bin/python}
duckdb=$PWD/tools/bench_parquet.py
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh

start_sample

by_hand() {
    "$bin/psql" --no-psqlrc --command 'COPY (SELECT * FROM llm_debug_log) TO STDOUT' | zstd --quiet -T2 -3 >"$work/hand.zst"
}

by_hand_parquet() {
    rm -f "$work/hand.parquet"
    "$bin/psql" --no-psqlrc --command 'COPY (SELECT * FROM llm_debug_log) TO STDOUT (FORMAT csv, HEADER)' |
        "$python" "$duckdb" "$work/hand.parquet" "$work/hand-peaks"
}

export_rows() {
    rm -rf "$work/cold"
    watched export --database "postgresql:///avaolo?host=$work&user=postgres" --table llm_debug_log --column timestamp \
        --before 2026-12-01 --output "$work/cold" --unsigned "$@"
}

size() { find "$work/cold" -name 'part-*' -printf '%s\n' | awk '{ sum += $1 } END { print sum }'; }

# compare NAME HAND FILE ARGUMENT…: runs HAND, which writes FILE, and an export with the arguments, in turns.
compare() {
    local name=$1 hand=$2 file=$3 run
    shift 3
    rm -f "$work/hand" "$work/export" "$work/peaks"
    "$hand" # once without measuring: then the rows are in memory for both sides
    for run in $(seq "$runs"); do
        seconds "$hand" >>"$work/hand"
        seconds export_rows "$@" >>"$work/export"
        printf '%s   run %d   by hand %s s   pgassay %s s\n' "$name" "$run" "$(tail -n 1 "$work/hand")" \
            "$(tail -n 1 "$work/export")"
    done
    peak_memory
    if [ -e "$work/hand-peaks" ]; then
        awk '$1 > most { most = $1 } END { printf "most memory of DuckDB           %.0f MB\n", most / 1024 }' "$work/hand-peaks"
    fi
    awk -v name="$name" -v hand="$(stat --format %s "$file")" -v cold="$(size)" 'BEGIN {
        printf "%s   size   by hand %.1f MB   pgassay %.1f MB   ratio %.2f\n", name, hand / 1e6, cold / 1e6, cold / hand
    }'
    awk -v name="$name" -v hand="$(median "$work/hand")" -v cold="$(median "$work/export")" -v scale="$scale" \
        -v runs="$runs" 'BEGIN {
        printf "%s   scale %s, median of %d   by hand %.2f s   pgassay %.2f s   ratio %.2f\n\n", \
            name, scale, runs, hand, cold, cold / hand
    }'
}

compare text by_hand "$work/hand.zst" --layout csv
compare parquet by_hand_parquet "$work/hand.parquet" --layout parquet

# try ARGUMENT…: an export, with its time and its size compared to the text by hand.
try() {
    local took
    took=$(seconds export_rows "$@")
    awk -v what="$*" -v hand="$(stat --format %s "$work/hand.zst")" -v cold="$(size)" -v took="$took" 'BEGIN {
        printf "%-30s   %15.3f   %7s\n", what, cold / hand, took
    }'
}

printf '%-30s   %15s   %7s\n' '' 'size to by hand' seconds
for layout in csv jsonl copy parquet; do try --layout "$layout"; done
for level in 3 6 9; do try --layout csv --level "$level"; done
for level in 3 6 9; do try --layout parquet --level "$level"; done
