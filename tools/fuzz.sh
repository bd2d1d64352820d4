#!/usr/bin/env bash
# Feeds made-up bytes to every decoder of what comes from a backup or an export, with libFuzzer and the address sanitizer.
# It begins with the files in Fuzz/Corpus, which tools/fuzz-corpus.sh makes; what it finds new on the way stays in
# .build-fuzz/found, so that the next run goes on from there.
#
#   tools/fuzz.sh SECONDS [TARGET…]      SECONDS in all, shared by the targets
#
# Exit code 1 when a decoder breaks; the input that breaks it is in .build-fuzz/broken.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:?usage: tools/fuzz.sh SECONDS [TARGET…]}
shift
build=.build-fuzz

compiler=$(dirname "$(readlink -f "$(command -v swiftc)")")
runtime=$("$compiler/clang" -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
if [ ! -e "$runtime" ]; then
    echo "$runtime is not there: this Swift toolchain has no libFuzzer." >&2
    exit 3
fi

# The coverage of single branches is what libFuzzer looks for new ways by. Optimised, since it tries millions of inputs;
# overflow and bounds are checked all the same.
export PGASSAY_FUZZ=1
swift build --scratch-path "$build" --configuration release --product pgassay-fuzz --sanitize address \
    -Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table -Xlinker "$runtime" -Xlinker -lstdc++
fuzz=$build/release/pgassay-fuzz

if [ $# -eq 0 ]; then
    mapfile -t targets < <("$fuzz")
else
    targets=("$@")
fi
each=$((seconds / ${#targets[@]}))
if [ "$each" -lt 1 ]; then each=1; fi

broken=()
mkdir -p "$build/broken"
printf '%-18s %10s %10s %8s  %s\n' target inputs 'a second' corpus result
for target in "${targets[@]}"; do
    if [ ! -d "Fuzz/Corpus/$target" ]; then
        echo "There is no Fuzz/Corpus/$target: tools/fuzz-corpus.sh makes it, for targets that it knows." >&2
        exit 2
    fi
    mkdir -p "$build/found/$target"
    log=$build/$target.log
    result=ok
    # 512 MiB: no input of these sizes may make a decoder need more. 10 s: nor take that long.
    "$fuzz" "$target" -max_total_time="$each" -rss_limit_mb=1024 -malloc_limit_mb=512 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="$build/broken/$target-" "$build/found/$target" "Fuzz/Corpus/$target" >"$log" 2>&1 || result=BROKEN
    if [ "$result" = BROKEN ]; then broken+=("$target"); fi
    stat() { sed -n "s/^stat::$1: *//p" "$log" | tail -n 1; }
    printf '%-18s %10s %10s %8s  %s\n' "$target" "$(stat number_of_executed_units)" "$(stat average_exec_per_sec)" \
        "$(find "$build/found/$target" "Fuzz/Corpus/$target" -type f | wc -l)" "$result"
done

for target in "${broken[@]}"; do
    printf '\n%s, from %s:\n' "$target" "$build/$target.log"
    grep -E -m 3 'Fatal error|Precondition failed|ERROR: |SUMMARY: ' "$build/$target.log" || tail -n 5 "$build/$target.log"
    grep -E 'Test unit written to' "$build/$target.log" || true
done
if [ ${#broken[@]} -gt 0 ]; then exit 1; fi
