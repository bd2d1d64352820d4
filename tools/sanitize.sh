#!/usr/bin/env bash
# Runs the tests of the targets that work on bytes, threads and child processes under the address and thread sanitizers.
# They find reads and writes out of bounds, use after free, and races, which no other test sees.
#
#   tools/sanitize.sh all|address|thread [FILTER]
#
# FILTER is a regular expression, as of `swift test --filter`.
set -euo pipefail
cd "$(dirname "$0")/.."

# All that have tests in the rooms Formats and Machine; those of Processes are in ScratchTests.
targets='AWS Archive Bytes Compression Physical Postgres Rows Scratch Values'

case ${1:?usage: tools/sanitize.sh all|address|thread [FILTER]} in
    all) sanitizers=(address thread) ;;
    *) sanitizers=("$1") ;;
esac
filter=${2:-.}

# shellcheck source=/dev/null
. .venv/environment
# It builds the walls around what the tests start, and is looked for beside them. It is not looked at itself.
tools/build.sh --product pgassay
# Only these tests are built, and what they need.
export PGASSAY_TESTS=$targets
# What a sanitizer reports must fail the run, and children, whose memory is not ours, are not looked at.
# Memory that was freed is kept back, to find its use: less than a test allows a reader of hostile dumps to take.
export ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=0
export TSAN_OPTIONS=halt_on_error=0:exitcode=66:suppressions=$PWD/tools/thread.suppressions

failed=()
for sanitizer in "${sanitizers[@]}"; do
    build=.build-$sanitizer
    printf '\n%s sanitizer: %s\n' "$sanitizer" "$targets"
    # Our targets are built without the checks of exclusive use otherwise: see Package.swift. The last flag counts.
    swift build --scratch-path "$build" --sanitize "$sanitizer" -Xswiftc -enforce-exclusivity=checked --build-tests
    ln -sf "$(tools/build.sh --show-bin-path)/pgassay" "$build/debug/pgassay"
    if swift test --scratch-path "$build" --sanitize "$sanitizer" -Xswiftc -enforce-exclusivity=checked --skip-build --filter "$filter" </dev/null >"$build/log" 2>&1; then
        result=0
    else
        result=$?
    fi
    grep -E 'Test run with|^SUMMARY: ' "$build/log" | sort | uniq -c | sort -rn || true
    if [ "$result" -ne 0 ] || grep -q '^SUMMARY: ' "$build/log"; then
        failed+=("$sanitizer")
        echo "See $build/log"
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    printf '\nNot clean under: %s\n' "${failed[*]}" >&2
    exit 1
fi
