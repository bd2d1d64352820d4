#!/usr/bin/env bash
# Builds what tests run, as `swift build` does: tools/build.sh --product pgassay, tools/build.sh --build-tests.
#
# Other packages are optimised, as our own targets are in every build (Package.swift): their signatures, paths and arguments took a third
# of a test run without. `swift build` alone has other flags, and builds all again.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -Xswiftc -O -Xcc -O2 "$@"
