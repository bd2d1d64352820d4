#!/usr/bin/env bash
# Builds what tests run, as `swift build` does: tools/build.sh --product pgassay, tools/build.sh --build-tests.
#
# It is built as a release is, so that tests run the code that people will run. In debug builds, other packages check themselves at
# every use, above all the arguments of each command and each path: that took a tenth of a test run. Tests also see what is internal
# to a target, which a release does not show: it is built in a directory of its own, so that neither undoes the other.
#
# The programs lie at fixed addresses, which a release does not: they are started 7,000 times, and each start would first correct
# 150,000 addresses, which takes a millisecond.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --scratch-path .build-tests -c release -Xswiftc -enable-testing -Xlinker -no-pie "$@"
