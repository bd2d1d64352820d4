#!/usr/bin/env bash
# Installs a package in a clean Debian 12 and goes the way of an operator there: a first plan, a key, the command of the timer, a
# drill that fails and one that passes again; what monitors, mail and pages say of it; an upgrade, and a purge. As root.
#
#   tools/deb-test.sh PACKAGE.deb
set -euo pipefail
cd "$(dirname "$0")/.."

package=$(realpath "${1:?usage: tools/deb-test.sh PACKAGE.deb}")

echo '== lintian'
lintian --allow-root --fail-on error "$package"

work=$(mktemp -d /var/tmp/pgassay-deb-XXXXXXXX)
root=$work/root
cleanup() {
    if mountpoint --quiet "$root/proc" 2>/dev/null; then umount "$root/proc"; fi
    rm -rf "$work"
}
trap cleanup EXIT

echo '== a clean Debian'
sources=(/etc/apt/sources.list.d/debian.sources /etc/apt/sources.list)
for source in "${sources[@]}"; do if [ -s "$source" ]; then break; fi; done
mmdebstrap --quiet --variant=apt --include=python3 bookworm "$root" "$source"
mount -t proc proc "$root/proc"
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no service is started
chmod 0755 "$root/usr/sbin/policy-rc.d"

echo '== install'
cp "$package" "$root/root/pgassay.deb"
cp /etc/resolv.conf "$root/etc/resolv.conf"
in_root apt-get update --quiet --quiet
in_root apt-get install --quiet --quiet --yes --no-install-recommends /root/pgassay.deb postgresql-15 curl >/dev/null
in_root getent passwd pgassay
in_root du --apparent-size -h /usr/bin/pgassay

cp tools/deb-walk.sh "$root/root/walk.sh"
cp tools/deb-listener.py "$root/root/listener.py"
in_root bash /root/walk.sh

echo '== upgrade'
upgrade=$(tools/deb.sh "$root/usr/bin/pgassay" "$work" "$("$root/usr/bin/pgassay" --version)+upgrade")
cp "$upgrade" "$root/root/upgrade.deb"
echo '# changed by hand' >>"$root/etc/pgassay/config.yaml"
in_root apt-get install --quiet --quiet --yes /root/upgrade.deb >/dev/null </dev/null
grep --quiet 'changed by hand' "$root/etc/pgassay/config.yaml"
[ -n "$(ls "$root/var/lib/pgassay/reports")" ]

echo '== purge'
in_root apt-get purge --quiet --quiet --yes pgassay >/dev/null
[ ! -e "$root/usr/bin/pgassay" ] && [ ! -e "$root/etc/pgassay/config.yaml" ]
[ -n "$(ls "$root/var/lib/pgassay/reports")" ] # evidence stays
echo 'The package is installed, used, upgraded and purged.'
