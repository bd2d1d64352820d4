#!/usr/bin/env bash
# How long does it take to inspect a dump (base backups: bench-physical.sh), with every check of its values and keys, against `pg_restore --file /dev/null`, which
# only decodes it? On the sample as a gzip archive and as one without compression. Prints the median of the runs of each, their
# ratio, and the peak memory of pgassay.
#
#   tools/bench-inspect.sh [SCALE]      environment: RUNS=3, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
#
# Needs disk space for the sample and its dumps: 2 GB at scale 1. Caches are warm.
set -euo pipefail

cd "$(dirname "$0")/.."
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh

start_sample
"$bin/pg_dump" --format custom --file "$work/gzip.dump"
"$bin/pg_dump" --format custom --compress 0 --file "$work/none.dump"
stop_server
rm -rf "$data"
export PGASSAY_SCRATCH=$work

for dump in gzip none; do
    cat "$work/$dump.dump" >/dev/null
    for _ in $(seq "$runs"); do
        seconds "$bin/pg_restore" --file /dev/null "$work/$dump.dump" >>"$work/restore-$dump"
        seconds watched inspect "$work/$dump.dump" >>"$work/inspect-$dump"
    done
    awk -v dump="$dump" -v restore="$(median "$work/restore-$dump")" -v inspect="$(median "$work/inspect-$dump")" \
        -v bytes="$(stat --format %s "$work/$dump.dump")" 'BEGIN {
        printf "%s   %.0f MB   pg_restore %.2f s   inspect %.2f s   ratio %.2f   %.0f MB/s\n",
            dump, bytes / 1e6, restore, inspect, inspect / restore, bytes / 1e6 / inspect
    }'
done
peak_memory
