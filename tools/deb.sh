#!/usr/bin/env bash
# Makes a Debian package of a program that was built, with its manual page, completions, units and documentation.
#
#   tools/deb.sh .build/release/pgassay OUTPUT-DIRECTORY [VERSION]
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath "${1:?usage: tools/deb.sh PROGRAM OUTPUT-DIRECTORY [VERSION]}")
output=$(realpath -m "${2:?usage: tools/deb.sh PROGRAM OUTPUT-DIRECTORY [VERSION]}")
version=${3:-$("$program" --version)}
# Files have the date of the last commit, so that the same commit gives the same package.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir "$root"
chmod 0755 "$root"

put() { # MODE FILE PLACE
    install -D -m "$1" "$2" "$root$3"
}

put 0755 "$program" /usr/bin/pgassay
for unit in config/systemd/*; do
    sed 's|/usr/local/bin/pgassay|/usr/bin/pgassay|' "$unit" >"$work/unit"
    put 0644 "$work/unit" "/lib/systemd/system/${unit##*/}"
done
put 0644 packaging/debian/config.yaml /etc/pgassay/config.yaml
install -d -m 0755 "$root/etc/pgassay/plans"
put 0644 config/plan.schema.json /usr/share/pgassay/plan.schema.json

documents=/usr/share/doc/pgassay
for file in README.md SECURITY.md docs/*.md; do put 0644 "$file" "$documents/${file##*/}"; done
for file in runbooks/*.md; do put 0644 "$file" "$documents/runbooks/${file##*/}"; done
for file in drills/*.yaml config/prometheus/*.yml config/grafana/*.json config/kubernetes/*.yaml; do
    put 0644 "$file" "$documents/examples/${file##*/}"
done
put 0644 packaging/debian/lintian-overrides /usr/share/lintian/overrides/pgassay
put 0644 packaging/debian/copyright "$documents/copyright"
gzip -9n <CHANGELOG.md >"$work/changelog.gz"
put 0644 "$work/changelog.gz" "$documents/CHANGELOG.md.gz"
# Debian wants one of its own form.
printf 'pgassay (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- The pgassay developers <pgassay@localhost>  %s\n' \
    "$version" "$(date --utc --rfc-email --date "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$work/changelog.gz"
put 0644 "$work/changelog.gz" "$documents/changelog.gz"

# It is read by a shell, and not run.
"$program" --generate-completion-script bash | sed '1{/^#!/d}' >"$work/completion"
put 0644 "$work/completion" /usr/share/bash-completion/completions/pgassay
"$program" --generate-completion-script zsh >"$work/completion"
put 0644 "$work/completion" /usr/share/zsh/vendor-completions/_pgassay
"$program" --generate-completion-script fish >"$work/completion"
put 0644 "$work/completion" /usr/share/fish/vendor_completions.d/pgassay.fish

# One page, by the name of the program, made from what the program says of itself.
"$program" --experimental-dump-help | tools/manual_page.py "$version" | gzip -9n >"$work/page.gz"
put 0644 "$work/page.gz" /usr/share/man/man1/pgassay.1.gz

# What the program needs, by the libraries that it is linked with. It loads libpq5 itself, when it first connects:
# packaging/debian/control.in names it, with the version that brought PQhostaddr.
mkdir -p "$work/debian"
printf 'Source: pgassay\nMaintainer: x <x@localhost>\n\nPackage: pgassay\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "$program" 2>/dev/null | sed 's/^shlibs:Depends=//')
sed -e "s/{{version}}/$version/" -e "s/{{architecture}}/$(dpkg --print-architecture)/" \
    -e "s/{{size}}/$(du --apparent-size -sk "$root" | cut -f 1)/" -e "s/{{depends}}/$depends/" \
    packaging/debian/control.in >"$work/control"
put 0644 "$work/control" /DEBIAN/control
put 0755 packaging/debian/postinst /DEBIAN/postinst
put 0755 packaging/debian/postrm /DEBIAN/postrm
echo /etc/pgassay/config.yaml >"$root/DEBIAN/conffiles"
(cd "$root" && find usr lib etc -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
chmod 0644 "$root/DEBIAN/conffiles" "$root/DEBIAN/md5sums"

mkdir -p "$output"
package=$output/pgassay_${version}_$(dpkg --print-architecture).deb
dpkg-deb --root-owner-group --build "$root" "$package" >/dev/null
echo "$package"
