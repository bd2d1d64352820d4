#!/usr/bin/env bash
# Builds and runs all tests. The command-line tests run the real programs, which are built into the same directory.
# At its end it says how many passed and failed, and which kept the machine busy longest.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=/dev/null
. .venv/environment
tools/build.sh --product pgassay
tools/build.sh --product pgassay-sample
tools/build.sh --build-tests

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
# Nothing of this machine's own is used, and nothing is left there.
PGASSAY_CACHE="$results/cache" PGASSAY_TEST_TIMES="$results/times" PGASSAY_TEST_COUNTS="$results/counts" \
    swift test --scratch-path .build-tests -c release --skip-build --xunit-output "$results/tests.xml" "$@" </dev/null || status=$?

# swift test writes one file for each library of tests; those of XCTest are none.
cases=$(cat "$results"/tests*.xml 2>/dev/null | grep '<testcase' || true)
if [ -z "$cases" ]; then
    echo "The tests did not come to their end." >&2
    exit $((status == 0 ? 1 : status))
fi
if [ -s "$results/times" ]; then
    printf '\nThe ten tests that had servers and programs run longest, in seconds, all of their cases together:\n'
    # Not with head: it ends before sort has written all, and that ends the script.
    sort -rn "$results/times" | awk -F '\t' 'NR <= 10 { printf "%8.1f  %s\n", $1, $2 }'
    echo
fi
if [ -s "$results/counts" ]; then cat "$results/counts"; fi
# A test that passed is one line; what else there is to say of a test stands between two.
awk '{ if (/\/>[[:space:]]*$/) passed++; else failed++ } END { printf "%d passed, %d failed\n", passed, failed }' \
    <<<"$cases"
exit "$status"
