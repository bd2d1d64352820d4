#!/usr/bin/env bash
# Runs the recovery drill of drills/weekly-recovery.yaml from scratch: makes a sample database, its backup and a key,
# then drills. The files stay in .build-drill/, and a second run uses them again.
set -euo pipefail
cd "$(dirname "$0")/.."

scale=${SCALE:-0.05}
workshop=.build-drill
backup=$workshop/avaolo-$scale.dump
key=$workshop/keys/signing-key.pem
reports=$workshop/reports

swift build -c release --product pgassay
pgassay=$(swift build -c release --show-bin-path)/pgassay

mkdir -p "$workshop" "$reports"
# The plan demands a backup that is at most eight days old, so a sample is used for seven.
if [ -z "$(find "$backup" -mtime -7 2>/dev/null)" ]; then
    rm -f "$backup.part"
    tools/sample.sh "$scale" "$backup.part"
    mv "$backup.part" "$backup"
fi
if [ ! -e "$key" ]; then
    "$pgassay" keys generate --output "$workshop/keys"
fi

# At its end, the drill prints its verdict, the report's path and the command that verifies the report.
status=0
"$pgassay" drill drills/weekly-recovery.yaml --backup "$backup" --signing-key "$key" --reports "$reports" || status=$?
printf 'With openssl alone: runbooks/verify-a-report.md\n'
exit "$status"
