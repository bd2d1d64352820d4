#!/usr/bin/env bash
# What does an entry cost in a ledger of a thousand entries and in one of a million, and what does `ledger verify` of a million take?
# The logs are made by a test (Tests/LedgerTests/AppendCostTests.swift): each entry is one of a dump, each checkpoint is signed. Prints
# the median time of an entry, the time of a verification, and its peak memory.
#
#   tools/bench-ledger.sh [ENTRIES]     environment: RUNS=15, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
#
# Needs disk space: 5 GB for a million entries, because each of its checkpoints takes a block.
set -euo pipefail

cd "$(dirname "$0")/.."
entries=${1:-1000000}
runs=${RUNS:-15}
pgassay=${PGASSAY:-$(tools/build.sh --show-bin-path)/pgassay}
work=$(mktemp -d "${BENCH_DIR:-/var/tmp}/pgassay-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

seconds() {
    local start=$EPOCHREALTIME
    "$@" >"$work/output" 2>&1 || { cat "$work/output" >&2; return 1; }
    awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", end - start }'
}

for size in 1000 "$entries"; do
    log=$work/$size
    mkdir "$log"
    PGASSAY_LARGE_LOG=$log PGASSAY_LARGE_LOG_ENTRIES=$size \
        tools/test.sh --filter AppendCostTests >"$work/made" 2>&1 || { cat "$work/made"; exit 1; }
    chmod 0600 "$log/signing-key.pem"
    for run in $(seq "$runs"); do
        seconds "$pgassay" ledger note "run $run" --reports "$log" --signing-key "$log/signing-key.pem" >>"$log/times"
    done
    printf '%8d entries, %s   one more: %s s\n' "$size" "$(du -sh "$log/ledger" | cut -f 1)" \
        "$(sort --general-numeric-sort "$log/times" | sed -n "$(((runs + 1) / 2))p")"
done
grep 'reads and writes of an entry' "$work/made" || true

"$pgassay" ledger verify --reports "$log" --public-key "$log/public-key.pem" >"$work/verified" 2>&1 &
process=$!
start=$EPOCHREALTIME
peak=0
# The kernel keeps the peak (proc(5)). The last value read misses only the end of the run.
while now=$(awk '/^VmHWM/ { print $2 }' "/proc/$process/status" 2>/dev/null) && [ -n "$now" ]; do
    peak=$now
    times=$(awk '{ print ($14 + $15) / 100 }' "/proc/$process/stat" 2>/dev/null || true)
    sleep 0.2
done
wait "$process" || { cat "$work/verified"; exit 1; }
awk -v start="$start" -v end="$EPOCHREALTIME" -v processors="$times" -v peak="$peak" -v size="$entries" 'BEGIN {
    printf "%8d entries, ledger verify: %.0f s, processors %.0f s, most memory %.0f MB\n", size, end - start, processors, peak / 1024
}'
