#!/usr/bin/env bash
# Takes the symbols out of a program that was built, into a file beside it that debuggers find: pgassay.debug.
#
#   tools/strip.sh .build/release/pgassay
set -euo pipefail

program=${1:?usage: tools/strip.sh PROGRAM}
cd "$(dirname "$program")"
program=${program##*/}

# Swift brings one.
objcopy=$(dirname "$(readlink -f "$(command -v swift)")")/llvm-objcopy
if [ ! -x "$objcopy" ]; then objcopy=objcopy; fi

"$objcopy" --only-keep-debug "$program" "$program.debug"
"$objcopy" --strip-all --add-gnu-debuglink="$program.debug" "$program" "$program.stripped"
mv "$program.stripped" "$program"
