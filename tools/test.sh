#!/usr/bin/env bash
# Builds and runs all tests. The command-line tests run the real programs, which are built into the same directory.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck source=/dev/null
. .venv/environment
swift build --product pgassay
swift build --product pgassay-sample
swift build --build-tests
swift test --skip-build "$@" </dev/null
