#!/usr/bin/env bash
# How much damage do the checks find alone, without data checksums and without a manifest? Makes a cluster of the sample
# database without checksums, copies its files, and drills the copy once for each changed byte. Each change sets one
# random byte to another random value. The byte is in a page in use, in the main fork of a relation of the database,
# including the system's own. Prints the results by kind of relation. A byte that does no harm (free space in a page, a
# hint) counts like every other byte.
#
#   tools/measure-damage.sh [NUMBER] [SEED]     environment: SCALE=0.01, WORKERS=2, PGASSAY=path of another pgassay,
#                                               DUMP=a dump of the sample that is there, RESULTS=file for a line of each byte
#
# NUMBER is how many bytes are changed. The same seed, scale and version of PostgreSQL change the same bytes. One drill
# takes some seconds. The results, and what follows from them, are in docs/decisions/20-what-checks-see.md.
set -euo pipefail

number=${1:-300}
seed=${2:-1}
workers=${WORKERS:-2}
cd "$(dirname "$0")/.."
project=$PWD
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh
dump=${DUMP:-$work/sample.dump}
if [ -z "${DUMP:-}" ]; then
    "$project/tools/sample.sh" "${SCALE:-0.01}" "$dump" 2026-11-01T00:00:00Z
fi

start_server fsync=off autovacuum=off
for role in ava_owner ava_app ava_readonly; do "$bin/createuser" "$role"; done
"$bin/pg_restore" --dbname avaolo "$dump"
"$bin/vacuumdb" --quiet --analyze avaolo
# For each file: the kind of relation in it.
"$bin/psql" --no-psqlrc --quiet --tuples-only --no-align --field-separator ' ' --command "
    SELECT pg_relation_filepath(c.oid),
           CASE WHEN c.oid < 16384 THEN 'system' WHEN c.relkind = 'i' THEN 'index'
                WHEN c.relkind = 't' THEN 'out-of-line' ELSE 'table' END
    FROM pg_class c
    WHERE pg_relation_filepath(c.oid) LIKE 'base/%' AND pg_relation_size(c.oid) > 0 AND c.relkind IN ('r', 'i', 't', 'm')
    ORDER BY 1" >"$work/files"
unprivileged "$bin/pg_ctl" --pgdata "$data" --mode fast --wait stop >/dev/null

# One line for each change: FILE OFFSET VALUE KIND PLACE.
/usr/bin/python3 - "$data" "$work/files" "$number" "$seed" >"$work/changes" <<'PYTHON'
import random, sys

data, files, number, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
size = 8192
pages = []
for line in open(files):
    path, kind = line.split()
    contents = open(f"{data}/{path}", "rb").read()
    for start in range(0, len(contents), size):
        page = contents[start:start + size]
        if any(page):
            lower, upper = (int.from_bytes(page[at:at + 2], "little") for at in (12, 14))
            pages.append((path, start, kind, lower, upper, page))
chosen = random.Random(seed)
for _ in range(number):
    path, start, kind, lower, upper, page = chosen.choice(pages)
    offset = chosen.randrange(size)
    value = (page[offset] + chosen.randrange(1, 256)) % 256
    print(path, start + offset, value, kind, "free" if lower <= offset < upper else "used")
PYTHON

# drill_share WORKER: drills the worker's share of the changes, each on the same copy. After each drill it restores the
# byte.
drill_share() {
    local copy=$work/copy-$1 reports=$work/reports-$1 path offset value kind place old status
    cp -a "$data" "$copy"
    while read -r path offset value kind place; do
        old=$(od -A n -t u1 -j "$offset" -N 1 "$copy/$path" | tr -d ' ')
        write_byte "$copy/$path" "$offset" "$value"
        status=0
        "$pgassay" drill "$copy" --unsigned --reports "$reports" >"$work/said-$1" 2>&1 || status=$?
        write_byte "$copy/$path" "$offset" "$old"
        printf '%s %s %s %s %s %s\n' "$kind" "$place" "$status" "$path" "$offset" "$value" >>"$work/results-$1"
    done < <(awk -v worker="$1" -v workers="$workers" 'NR % workers == worker' "$work/changes")
}

# write_byte FILE OFFSET VALUE
write_byte() {
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\$(printf '%03o' "$3")" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# Without a change, the drill must find nothing.
"$pgassay" drill "$data" --unsigned --reports "$work/reports" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }

running=()
for worker in $(seq 0 $((workers - 1))); do
    drill_share "$worker" &
    running+=("$!")
done
wait "${running[@]}"

if [ -n "${RESULTS:-}" ]; then cat "$work"/results-* >"$RESULTS"; fi
printf '%s changes of one byte, seed %s, scale %s, %s\n' "$number" "$seed" "${SCALE:-0.01}" "$("$bin/postgres" --version)"
cat "$work"/results-* | awk '
    function count(key) { all[key]++; if ($3 == 1) failed[key]++; else if ($3 == 0) passed[key]++; else unsure[key]++ }
    function line(key) { if (all[key]) printf "%-24s %6d %12d %12d %12d %8.1f %%\n", key, all[key], failed[key], unsure[key], passed[key], 100 * failed[key] / all[key] }
    { count($1); count("all"); if ($2 == "free") count("free room within pages"); else count("all but free room") }
    END {
        printf "%-24s %6s %12s %12s %12s %10s\n", "", "bytes", "failed", "not told", "passed", "caught"
        split("table out-of-line index system", kinds, " ")
        for (i = 1; i <= 4; i++) line(kinds[i])
        line("all"); line("free room within pages"); line("all but free room")
    }'
