#!/usr/bin/env bash
# How long does it take from "here is a base backup" to "a server accepts connections on a verified copy"? Compares
# pgassay with the same work by hand: pg_verifybackup, cp -a and pg_ctl start. For pgassay, the time counts in which one
# of the phases digest, inspect, start, restore and recover ran: from the backup that was found to the server that has
# replayed the log and was asked how far. pgassay does more than is done by hand: it also takes the SHA-256 of the whole
# backup, verifies every page's checksum, looks for gaps in the log, replaces the settings with harmless ones, and fences
# the server. It runs its checks afterwards: the time of the whole drill is printed too.
#
# Before that, pgassay inspect (digest, manifest, pages and log, no server) is compared with pg_verifybackup alone.
#
#   tools/bench-physical.sh [SCALE]      environment: RUNS=3, BENCH_DIR=/var/tmp, PGASSAY=path of another pgassay
#
# Runs with warm caches and, as root, also with cold ones. Each runs twice: with the overlay if this machine allows it,
# and without. Both sides use the same disk, which needs space for three times the backup: 4 GB at scale 1.
set -euo pipefail

cd "$(dirname "$0")/.."
checksums=--data-checksums
# shellcheck source=tools/bench-common.sh
. tools/bench-common.sh

start_sample
backup=$work/backup
export PGASSAY_SCRATCH=$work
unprivileged "$bin/pg_basebackup" --pgdata "$backup" --checkpoint fast --no-sync
stop_server
rm -rf "$data"
sync

by_hand() {
    "$bin/pg_verifybackup" --quiet "$backup"
    cp -a "$backup" "$data"
    unprivileged "$bin/pg_ctl" --pgdata "$data" --log "$work/log" --wait start \
        --options "-c listen_addresses='' -c unix_socket_directories='$work' -c fsync=off" >/dev/null
}

clear_away() {
    stop_server
    rm -rf "$data" "$work/reports"
    # Write what is in the caches now, not while the other side is measured.
    sync
    # Empty the caches, so that a writer does not have to wait for the kernel to do it.
    if [ -w /proc/sys/vm/drop_caches ]; then echo 3 >/proc/sys/vm/drop_caches; fi
    if [ "$1" = warm ]; then cat "$backup"/base/*/* >/dev/null; fi
}

drill() {
    watched drill "$backup" --unsigned --reports "$work/reports" --format json
}

# phases NAME…: for how many seconds one of these phases ran, in the drill whose statement is in $work/output.
phases() {
    awk -v names=" $* " 'BEGIN { RS = "{" } match($0, /"name":"[a-z]+","seconds":[0-9.e-]+,"started":"[^"]+"/) {
        split(substr($0, RSTART, RLENGTH), part, /[":,TZ]+/)
        if (!index(names, " " part[3] " ")) next
        from[++n] = part[8] * 3600 + part[9] * 60 + part[10]
        # After midnight.
        if (n > 1 && from[n] < from[1] - 43200) from[n] += 86400
        to[n] = from[n] + part[5]
    } END {
        # In the order in which they began, as in the report.
        for (i = 1; i <= n; i++) {
            start = from[i] > counted ? from[i] : counted
            if (to[i] > start) { sum += to[i] - start; counted = to[i] }
        }
        printf "%.2f\n", sum
    }' "$work/output"
}

compare() { # compare CACHES WAY
    local caches=$1 way=$2 run counted=(digest inspect start restore recover)
    rm -f "$work"/{hand,counted,digest,whole,peaks}
    if [ "$way" = copy ]; then export PGASSAY_NO_OVERLAY=1; else unset PGASSAY_NO_OVERLAY; fi
    for run in $(seq "$runs"); do
        clear_away "$caches"
        seconds by_hand >>"$work/hand"
        clear_away "$caches"
        seconds drill >>"$work/whole"
        phases "${counted[@]}" >>"$work/counted"
        phases digest >>"$work/digest"
        printf 'run %d   by hand %s s   pgassay %s s' "$run" "$(tail -n 1 "$work/hand")" "$(tail -n 1 "$work/counted")"
        printf '   (inspect %s   start %s   restore %s   recover %s   digest %s   check %s)\n' "$(phases inspect)" \
            "$(phases start)" "$(phases restore)" "$(phases recover)" "$(phases digest)" "$(phases check)"
    done
    grep -o '"files":"[^"]*"' "$work/output" || true
    peak_memory
    awk -v hand="$(median "$work/hand")" -v own="$(median "$work/counted")" -v digest="$(median "$work/digest")" \
        -v whole="$(median "$work/whole")" -v scale="$scale" -v runs="$runs" -v caches="$caches" 'BEGIN {
        printf "scale %s, %s caches, median of %d   by hand %.2f s   pgassay %.2f s   ratio %.2f", scale, caches, runs, hand,
            own, own / hand
        printf "   (digest %.2f s, whole drill %.2f s)\n\n", digest, whole
    }'
}

inspect() { watched inspect "$backup" --format json; }

compare_inspection() { # compare_inspection CACHES
    local caches=$1 run
    rm -f "$work"/{hand,own,peaks}
    for run in $(seq "$runs"); do
        clear_away "$caches"
        seconds "$bin/pg_verifybackup" --quiet "$backup" >>"$work/hand"
        clear_away "$caches"
        seconds inspect >>"$work/own"
        printf 'run %d   pg_verifybackup %s s   inspect %s s\n' "$run" "$(tail -n 1 "$work/hand")" "$(tail -n 1 "$work/own")"
    done
    peak_memory
    awk -v hand="$(median "$work/hand")" -v own="$(median "$work/own")" -v scale="$scale" -v runs="$runs" \
        -v caches="$caches" 'BEGIN {
        printf "scale %s, %s caches, median of %d   pg_verifybackup %.2f s   inspect %.2f s   ratio %.2f\n\n", scale, caches,
            runs, hand, own, own / hand
    }'
}

du --summarize --apparent-size --human-readable "$backup"
for caches in warm cold; do
    if [ "$caches" = cold ] && [ ! -w /proc/sys/vm/drop_caches ]; then continue; fi
    compare_inspection "$caches"
    for way in any copy; do compare "$caches" "$way"; done
done
