#!/usr/bin/env bash
# Prints the notes of a release, from its section of the changelog, with how to check what was downloaded.
#
#   tools/release-notes.sh 0.2.0
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?usage: tools/release-notes.sh VERSION}

# Lines between the heading of this version and the next heading of the same rank, without empty lines at either end.
section=$(awk -v heading="## [$version]" '
    index($0, "## [") == 1 { inside = index($0, heading) == 1; next }
    inside { print }' CHANGELOG.md | sed -e '/./,$!d')
if [ -z "$section" ]; then
    echo "CHANGELOG.md has no section [$version], or nothing in it. It has:" >&2
    sed -n 's/^## \[\(.*\)\].*/  \1/p' CHANGELOG.md >&2
    exit 2
fi

cat <<NOTES
# pgassay $version

$section

## Check what you downloaded

    git verify-tag v$version
    sha256sum --check SHA256SUMS

The reports of this version can be checked without pgassay, as runbooks/ shows.
NOTES
