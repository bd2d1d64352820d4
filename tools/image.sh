#!/usr/bin/env bash
# Makes an OCI image of a program that was built, with PostgreSQL 15 and what else a drill needs, from Debian's packages and
# without a container engine. docs/image.md says what is in it. As root.
#
#   tools/image.sh PROGRAM OUTPUT-DIRECTORY [PACKAGE…]
#
# More Debian packages come into the image besides, such as postgresql-15-postgis-3.
set -euo pipefail
cd "$(dirname "$0")/.."

usage='usage: tools/image.sh PROGRAM OUTPUT-DIRECTORY [PACKAGE…]'
program=$(realpath "${1:?$usage}")
output=$(realpath -m "${2:?$usage}")
shift 2
version=$("$program" --version)
architecture=$(dpkg --print-architecture)
# The Kubernetes files name it so. `localhost` means: not from a registry.
name=localhost/pgassay:$version

# Files have the date of the last commit, so that the same commit and the same Debian give the same image.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
created=$(date --utc --date "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)

work=$(mktemp -d /var/tmp/pgassay-image-XXXXXXXX)
trap 'rm -rf "$work"' EXIT

# The packages of the libraries that the program is linked with, without their versions.
mkdir -p "$work/debian"
printf 'Source: pgassay\nMaintainer: x <x@localhost>\n\nPackage: pgassay\nArchitecture: any\n' >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O "$program" 2>/dev/null | sed -e 's/^shlibs:Depends=//' -e 's/ *([^)]*)//g' -e 's/,//g')

packages=(
    postgresql-15 locales-all tzdata
    libpq5 # loaded by the program when it first connects
    ca-certificates openssl curl # certificates of stores and time stamps; notices
    python3                      # for aws
    pgbackrest age gpg gpg-agent # backups that are kept or encrypted by these
)

# The version of `aws` that the tests use. Debian 12 has an older one, which cannot write to a bucket only if nobody else did.
aws=$(grep '^awscli==' tools/test-requirements.txt)
/usr/bin/python3 -m venv "$work/pip"
"$work/pip/bin/pip" install --quiet --disable-pip-version-check --no-compile --only-binary :all: \
    --python-version 3.11 --implementation cp --platform "manylinux2014_$(uname -m)" --target "$work/aws" "$aws"

sources=(/etc/apt/sources.list.d/debian.sources /etc/apt/sources.list)
for source in "${sources[@]}"; do if [ -s "$source" ]; then break; fi; done
# tools/image-root.sh takes apt out, so mmdebstrap must not tidy it.
TMPDIR=$work mmdebstrap --quiet --variant=essential --format=tar --skip=output/dev,cleanup/apt,cleanup/mmdebstrap \
    --include="${packages[*]} $libraries $*" --aptopt='APT::Install-Recommends "false"' \
    --customize-hook="tools/image-root.sh \"\$1\" '$work/aws'" \
    bookworm "$work/debian.tar" "$source"

# The program is a layer of its own: a new version of it changes nothing below.
install -D -m 0755 "$program" "$work/program/usr/bin/pgassay"
install -D -m 0644 config/plan.schema.json "$work/program/usr/share/pgassay/plan.schema.json"
install -D -m 0644 packaging/debian/copyright "$work/program/usr/share/doc/pgassay/copyright"
archive() { # DIRECTORY FILE ENTRY…
    local directory=$1 file=$2
    shift 2
    tar --create --file "$file" --directory "$directory" --format=gnu --sort=name --mtime="@$SOURCE_DATE_EPOCH" \
        --owner=0 --group=0 --numeric-owner --mode=a+rX,go-w "$@"
}
archive "$work/program" "$work/program.tar" usr/bin/pgassay usr/share/pgassay usr/share/doc/pgassay

layout=$work/layout
umoci --log=warn init --layout "$layout"
umoci --log=warn new --image "$layout:$version"
layer() { # FILE WHAT
    umoci --log=warn raw add-layer --image "$layout:$version" --history.created "$created" --history.created_by "$2" "$1"
}
layer "$work/debian.tar" "Debian 12: ${packages[*]} $*; $aws"
layer "$work/program.tar" "pgassay $version"
umoci --log=warn config --image "$layout:$version" --no-history --created "$created" --architecture "$architecture" --os linux \
    --config.user 10001:10001 --config.workingdir /var/lib/pgassay --config.volume /var/lib/pgassay \
    --config.entrypoint /usr/bin/pgassay --config.cmd --help \
    --config.env PATH=/usr/lib/postgresql/15/bin:/usr/bin:/bin --config.env LANG=C.UTF-8 \
    --config.env PGASSAY_SCRATCH=/var/lib/pgassay --config.env HOME=/tmp \
    --config.label org.opencontainers.image.title=pgassay \
    --config.label 'org.opencontainers.image.description=verify PostgreSQL backups by restoring them' \
    --config.label "org.opencontainers.image.version=$version" \
    --config.label "org.opencontainers.image.revision=$revision" \
    --config.label "org.opencontainers.image.created=$created" \
    --config.label org.opencontainers.image.licenses=Apache-2.0
umoci --log=warn gc --layout "$layout"
tools/image_index.py "$layout" "$name"

mkdir -p "$output"
image=$output/pgassay-$version.oci.tar
archive "$layout" "$image" oci-layout index.json manifest.json blobs
echo "$image"
