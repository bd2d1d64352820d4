#!/usr/bin/env bash
# Compares a drill with the same work by hand, as a careful administrator does it: digest the dump, start an empty
# server, pg_restore -j2, then query row counts, newest rows, orphans and JSONB one after the other, run pg_amcheck,
# stop, remove. The drill does all of that, and also every other check of its plan. Prints the median of three runs of
# each, their ratio, and the peak memory of pgassay itself. A scale below 0.01 fails the minimums of the plan.
#
#   tools/bench.sh [SCALE]      environment: RUNS=3, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
#
# Needs disk space for the restored sample: 1.5 GB at scale 1. Both sides use the same disk and two jobs.
set -euo pipefail

cd "$(dirname "$0")/.."
project=$PWD
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh

plan=$project/drills/weekly-recovery.yaml
dump=$project/.build-drill/bench-$scale.dump
mkdir -p "${dump%/*}"
if [ -z "$(find "$dump" -mtime -7 2>/dev/null)" ]; then
    rm -f "$dump.part"
    "$project/tools/sample.sh" "$scale" "$dump.part"
    mv "$dump.part" "$dump"
fi

query() {
    "$bin/psql" --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --command "$1"
}

start_scratch() {
    start_server fsync=off full_page_writes=off synchronous_commit=off wal_level=minimal max_wal_senders=0 max_wal_size=8GB \
        maintenance_work_mem=512MB autovacuum=off
    query 'CREATE ROLE ava_owner; CREATE ROLE ava_app; CREATE ROLE ava_readonly'
}

count_rows() {
    local table
    query "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace" |
        while read -r table; do
            query "SELECT count(*) FROM $table" </dev/null
        done
}

check_freshness() {
    query 'SELECT max("timestamp") FROM conversations'
    query 'SELECT max("timestamp") FROM llm_debug_log'
}

check_foreign_keys() {
    local table
    for table in fields conversations; do
        query "SELECT count(*) FROM $table AS child WHERE farmer_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM farmers WHERE farmers.id = child.farmer_id)"
    done
}

check_jsonb() {
    query "SELECT count(*), sum(octet_length(coordinates::text)) FROM fields
           WHERE jsonb_typeof(coordinates) = 'object' AND coordinates @@ '\$.type == \"Polygon\"'
           AND coordinates @@ '\$.coordinates[0].size() >= 4'"
    query "SELECT count(*), sum(octet_length(input_data::text)) FROM llm_debug_log
           WHERE jsonb_typeof(input_data) = 'object' AND input_data @@ '\$.messages.size() >= 1'"
    query "SELECT count(*), sum(octet_length(output_data::text)) FROM llm_debug_log
           WHERE output_data IS NULL OR jsonb_typeof(output_data) = 'object'"
    query 'SELECT sum(octet_length(row_data::text)) FROM audit_log'
}

check_indexes() {
    "$bin/pg_amcheck" --install-missing --heapallindexed --parent-check avaolo
}

remove_server() {
    stop_server
    rm -rf "$data"
}

by_hand() {
    local step took
    for step in 'sha256sum '"$dump" start_scratch "$bin/pg_restore --jobs 2 --dbname avaolo $dump" \
        count_rows check_freshness check_foreign_keys check_jsonb check_indexes remove_server; do
        # shellcheck disable=SC2086 # a step is a command and its words
        took=$(seconds $step)
        printf '%-20s %8s\n' "$(basename "${step%% *}")" "$took" >>"$work/steps"
    done
}

drill() {
    watched drill "$plan" --backup "$dump" --unsigned --reports "$work/reports"
}

for run in $(seq "$runs"); do
    : >"$work/steps"
    by_hand
    awk '{ sum += $2 } END { printf "%.2f\n", sum }' "$work/steps" >>"$work/hand"
    seconds drill >>"$work/drill"
    printf 'run %d   by hand %s s   pgassay %s s\n' "$run" "$(tail -n 1 "$work/hand")" "$(tail -n 1 "$work/drill")"
done

printf '\nthe last run by hand, in seconds\n'
sed 's/^/  /' "$work/steps"
printf '\nthe last drill, in seconds\n'
"$pgassay" report show "$(find "$work/reports" -name '*.dsse.json' | sort | tail -n 1)" | awk '/^Phases/ { show = 1; next } /^$/ { show = 0 } show'
peak_memory
awk -v hand="$(median "$work/hand")" -v drill="$(median "$work/drill")" -v scale="$scale" -v runs="$runs" 'BEGIN {
    printf "\nscale %s, median of %d   by hand %.2f s   pgassay %.2f s   ratio %.2f\n", scale, runs, hand, drill, drill / hand
}'
