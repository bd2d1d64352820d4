#!/usr/bin/env bash
# How long does it take to inspect a dump (base backups: bench-physical.sh), with every check of its values and keys, against
# `pg_restore --file /dev/null`, which only decodes it? On the sample as a gzip archive, as a directory, and as an archive without
# compression. Prints the median of the runs of each, in seconds of the clock and of processors, their ratio, and the peak memory of
# pgassay. Then what each part of an inspection takes of the processors, for the archive without compression.
#
#   tools/bench-inspect.sh [SCALE]      environment: RUNS=3, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
#
# Needs disk space for the sample and its dumps: 3 GB at scale 1. Caches are warm.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh

start_sample
"$bin/pg_dump" --format custom --file "$work/gzip.dump"
"$bin/pg_dump" --format directory --file "$work/files.dump"
"$bin/pg_dump" --format custom --compress 0 --file "$work/none.dump"
"$bin/pg_dump" --format custom --compress 0 --data-only --file "$work/rows.dump"
stop_server
rm -rf "$data"
export PGASSAY_SCRATCH=$work
# The same rows, of columns that are text: the names of both types are equally long for an archive.
LC_ALL=C sed 's/ jsonb\b/ text /g' "$work/none.dump" >"$work/text.dump"

# Runs a command and prints how many seconds it took, and how many of the processors.
both() {
    local TIMEFORMAT='%R %U %S'
    { time "$@" >"$work/output" 2>&1; } 2>"$work/time" || { cat "$work/output" >&2; return 1; }
    awk '{ print $1, $2 + $3 }' "$work/time"
}

# field N FILE: the median of a column.
field() {
    cut -d ' ' -f "$1" "$2" >"$work/field"
    median "$work/field"
}

for dump in gzip files none; do
    find "$work/$dump.dump" -type f -exec cat {} + >/dev/null
    for _ in $(seq "$runs"); do
        both "$bin/pg_restore" --file /dev/null "$work/$dump.dump" >>"$work/restore-$dump"
        both "$pgassay" inspect "$work/$dump.dump" >>"$work/inspect-$dump"
    done
    awk -v dump="$dump" -v bytes="$(du --apparent-size --bytes --summarize "$work/$dump.dump" | cut -f 1)" \
        -v restore="$(field 1 "$work/restore-$dump")" -v restore_cpu="$(field 2 "$work/restore-$dump")" \
        -v inspect="$(field 1 "$work/inspect-$dump")" -v inspect_cpu="$(field 2 "$work/inspect-$dump")" 'BEGIN {
        printf "%-5s %5.0f MB   pg_restore %.2f s (processors %.2f s)   inspect %.2f s (%.2f s)   ratio %.2f\n",
            dump, bytes / 1e6, restore, restore_cpu, inspect, inspect_cpu, inspect / restore
    }'
done

# part NAME DUMP [ARGUMENT…]: an inspection of which only the seconds of processors count.
part() {
    local name=$1 dump=$2
    shift 2
    for _ in $(seq "$runs"); do
        rm -f "$work/record"
        both "$pgassay" inspect "$work/$dump.dump" "$@" >>"$work/part-$name"
    done
    field 2 "$work/part-$name"
}

# A sample of everything takes no digest of the file, and looks at no key. Of a dump of data alone, rows are only counted and hashed.
whole=(--sample 100% --record "$work/record")
rows=$(part rows rows "${whole[@]}")
rows_digest=$(part rows-digest rows)
types=$(part types text "${whole[@]}")
json=$(part json none "${whole[@]}")
keys=$(part keys none)
awk -v bytes="$(stat --format %s "$work/rows.dump")" -v rows="$rows" -v rows_digest="$rows_digest" -v types="$types" \
    -v json="$json" -v keys="$keys" 'BEGIN {
    printf "\nof %.0f MB without compression, in seconds of processors\n", bytes / 1e6
    printf "rows and their digest      %.2f   %.1f GB/s on one processor\n", rows, bytes / 1e9 / rows
    printf "SHA-256 of the file        %.2f\n", rows_digest - rows
    printf "types of values, no JSON   %.2f\n", types - rows
    printf "JSON                       %.2f\n", json - types
    printf "keys and foreign keys      %.2f\n", keys - json - (rows_digest - rows)
}'

watched inspect "$work/none.dump" >/dev/null 2>&1
peak_memory
