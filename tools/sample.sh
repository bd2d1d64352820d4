#!/usr/bin/env bash
# Writes a dump of the sample database.
#
#   tools/sample.sh SCALE OUTPUT [AS_OF]
set -euo pipefail

scale=${1:?usage: tools/sample.sh SCALE OUTPUT [AS_OF]}
output=$(realpath -m "${2:?usage: tools/sample.sh SCALE OUTPUT [AS_OF]}")
as_of=${3:-}
cd "$(dirname "$0")/.."

swift build -c release --product pgassay-sample >&2
"$(swift build -c release --show-bin-path)/pgassay-sample" \
    --scale "$scale" ${as_of:+--as-of "$as_of"} --output "$output"
