#!/usr/bin/env bash
# Runs tests and prints, for each target of Sources, how much of its code they ran.
#
#   tools/coverage.sh [FILTER]
#
# FILTER is a regular expression, as of `swift test --filter`; without it all tests run. Code that only runs in the
# programs counts too: the tests of commands start them, and each writes a profile of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

filter=${1:-.}
build=.build-coverage

# shellcheck source=/dev/null
. .venv/environment
for product in pgassay pgassay-sample; do
    swift build --scratch-path "$build" --enable-code-coverage --product "$product"
done
swift build --scratch-path "$build" --enable-code-coverage --build-tests
rm -rf "$build/debug/codecov"
result=0
swift test --scratch-path "$build" --enable-code-coverage --skip-build --filter "$filter" </dev/null >"$build/log" 2>&1 || result=$?
grep 'Test run with' "$build/log" || true

llvm_cov=$(dirname "$(readlink -f "$(command -v swift)")")/llvm-cov
"$llvm_cov" export --summary-only --instr-profile "$build/debug/codecov/default.profdata" \
    "$build/debug/pgassayPackageTests.xctest" --object "$build/debug/pgassay" >"$build/summary.json"
python3 - "$build/summary.json" "$PWD/Sources" <<'PYTHON'
import collections, json, os, sys

path, sources = sys.argv[1], os.path.realpath(sys.argv[2])
lines = collections.defaultdict(lambda: [0, 0])
regions = collections.defaultdict(lambda: [0, 0])
with open(path, encoding="utf-8") as file:
    for entry in json.load(file)["data"][0]["files"]:
        name = os.path.realpath(entry["filename"])
        if not name.startswith(sources + os.sep):
            continue
        parts = name[len(sources) + 1:].split(os.sep)
        # Sources/ROOM/TARGET/…, but for the programs and the one target that is its own room.
        target = parts[0] if len(parts) < 3 or parts[0] == "ColdTier" else parts[1]
        for kind, totals in (("lines", lines), ("regions", regions)):
            totals[target][0] += entry["summary"][kind]["covered"]
            totals[target][1] += entry["summary"][kind]["count"]

print(f"{'target':<16}{'lines':>8}{'run':>8}{'%':>7}{'regions %':>11}")
all_lines, all_regions = [0, 0], [0, 0]
for target in sorted(lines):
    run, count = lines[target]
    region_run, region_count = regions[target]
    for total, pair in ((all_lines, lines[target]), (all_regions, regions[target])):
        total[0] += pair[0]
        total[1] += pair[1]
    print(f"{target:<16}{count:>8}{run:>8}{100 * run / max(count, 1):>7.1f}{100 * region_run / max(region_count, 1):>11.1f}")
print(f"{'all':<16}{all_lines[1]:>8}{all_lines[0]:>8}{100 * all_lines[0] / max(all_lines[1], 1):>7.1f}"
      f"{100 * all_regions[0] / max(all_regions[1], 1):>11.1f}")
PYTHON
exit "$result"
