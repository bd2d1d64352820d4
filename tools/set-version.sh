#!/usr/bin/env bash
# Sets the version of pgassay: the constant in the program, and every file that names it. In the changelog, what was
# unreleased becomes that version's.
#
#   tools/set-version.sh 0.2.0
set -euo pipefail
cd "$(dirname "$0")/.."

version=${1:?usage: tools/set-version.sh VERSION}
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo "$version is not a version such as 0.2.0." >&2
    exit 2
fi
if grep --quiet --fixed-strings "## [$version]" CHANGELOG.md; then
    echo "CHANGELOG.md has a section $version already." >&2
    exit 2
fi

sed -i "s/\(static let version = \)\"[^\"]*\"/\1\"$version\"/" Sources/pgassay/PgAssay.swift
sed -i "s/\(For pgassay \)[0-9.]*[0-9]\./\1$version./" config/plan.schema.json config/systemd/* config/cron/*
sed -i "s|\(image: .*/pgassay:\).*|\1$version|" config/kubernetes/*.yaml
sed -i "s/\(pgassay[-:]\)[0-9.]*[0-9]/\1$version/g" docs/image.md
sed -i "s/^## \[Unreleased\]$/&\n\n## [$version] - $(date --utc +%Y-%m-%d)/" CHANGELOG.md
git diff --stat
