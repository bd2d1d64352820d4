#!/usr/bin/env bash
# Drills backups that were changed at random: each a dump or a base backup of a small database, with one to three changes.
# No drill may crash, hang, end with an exit code of its own, or pass with other content where the backup's format shows
# it. tools/fuzz_drills.py says how that is judged.
#
#   tools/fuzz-drills.sh COUNT [SEED]      COUNT changed backups; 2000 are for a night
#
# Exit code 1 if something was found; the backups that show it are in .build-fuzz-drills/found, with what was done to them.
# PGASSAY_FUZZ_POSTGRES names a directory with the programs of PostgreSQL; PGASSAY_FUZZ_JOBS how many drills run at once.
set -euo pipefail
cd "$(dirname "$0")/.."

count=${1:?usage: tools/fuzz-drills.sh COUNT [SEED]}
seed=${2:-$(date +%s)}
bin=${PGASSAY_FUZZ_POSTGRES:-$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)}
if [ ! -x "$bin/initdb" ]; then
    echo "There is no PostgreSQL in '$bin': name its directory of programs in PGASSAY_FUZZ_POSTGRES." >&2
    exit 3
fi
if [ -z "${PGASSAY_FUZZ_PROGRAM:-}" ]; then
    tools/build.sh --product pgassay
    PGASSAY_FUZZ_PROGRAM=$(tools/build.sh --show-bin-path)/pgassay
fi
exec python3 tools/fuzz_drills.py --count "$count" --seed "$seed" --postgres "$bin" --program "$PGASSAY_FUZZ_PROGRAM" \
    --jobs "${PGASSAY_FUZZ_JOBS:-1}" --workshop "$PWD/.build-fuzz-drills"
