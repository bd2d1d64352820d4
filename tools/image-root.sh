#!/usr/bin/env bash
# What tools/image.sh does in the root of an image, after Debian's packages are in it: it puts `aws` there and an account, and takes out
# what no drill needs.
#
#   tools/image-root.sh ROOT DIRECTORY-OF-AWS
set -euo pipefail

root=${1:?usage: tools/image-root.sh ROOT DIRECTORY-OF-AWS}
aws=${2:?usage: tools/image-root.sh ROOT DIRECTORY-OF-AWS}
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" "$@"; }

# Packages that others depend on and no drill needs: what compiles queries, which is off in a drill, the scripts that manage clusters,
# and their language. They stay if a package that was asked for besides depends on one of them.
do_without='postgresql-15 postgresql-client-15 pgbackrest init-system-helpers'
unneeded() { # PACKAGE…
    local needed
    # shellcheck disable=SC2016 # these are fields of dpkg-query
    needed=$(in_root dpkg-query --show --showformat='${Package} ${Pre-Depends} ${Depends}\n' |
        awk -v dropped="$*" -v exempt="$*  $do_without" '
            BEGIN { n = split(dropped, names); while (n) drop[names[n--]]; n = split(exempt, names); while (n) skip[names[n--]] }
            $1 in skip { next }
            { for (i = 2; i <= NF; i++) { gsub(/[,:].*/, "", $i); if ($i in drop) print $1 " " } }' | sort --unique | tr --delete '\n')
    if [ -n "$needed" ]; then
        echo "$1 and its like stay, for $needed" >&2
    else
        in_root dpkg --force-depends --purge "$@" >/dev/null 2>&1
    fi
}
unneeded libllvm14 libz3-4
unneeded perl perl-modules-5.36 libperl5.36 libjson-perl libfile-find-rule-perl libnumber-compare-perl libtext-glob-perl usrmerge \
    postgresql-common postgresql-client-common ssl-cert

# Most of `aws` are models of services, which it reads packed as well.
install -d -m 0755 "$root/usr/lib/aws"
cp -R "$aws/." "$root/usr/lib/aws/"
# The RECORD files of pip describe the scripts in bin, and these scripts contain the path of this run.
rm -rf "$root"/usr/lib/aws/{bin,awscli/examples,awscli/topics,*.dist-info/RECORD}
find "$root/usr/lib/aws/awscli/botocore/data" -name '*.json' -exec gzip -9n {} +
cat >"$root/usr/bin/aws" <<'PYTHON'
#!/usr/bin/python3
import sys

sys.path.insert(0, "/usr/lib/aws")

from awscli.clidriver import main

sys.exit(main())
PYTHON
chmod 0755 "$root/usr/bin/aws"
# What Python compiles is kept now: the root is read-only later.
in_root python3 -m compileall -q /usr/lib/aws

# Without a line in it, PostgreSQL does not start.
echo 'pgassay:x:10001:10001:pgassay:/var/lib/pgassay:/usr/sbin/nologin' >>"$root/etc/passwd"
echo 'pgassay:x:10001:' >>"$root/etc/group"
install -d -m 0750 -o 10001 -g 10001 "$root/var/lib/pgassay"

# Nobody becomes another account, and nothing of the machine that made the image is left: its mirror, its name, a key made at
# installation, logs, caches.
find "$root"/usr/share/doc ! -type d ! -type l ! -name copyright -delete # copyrights are no documentation
find "$root"/usr/share/doc -type d -empty -delete
find "$root" -xdev -perm /6000 -exec chmod ug-s {} +
rm -rf "$root"/etc/{apt,hostname,resolv.conf,cron.daily,cron.d} "$root"/etc/{passwd,group,shadow,gshadow,subuid,subgid}- \
    "$root"/etc/ssl/private/* "$root"/etc/ssl/certs/ssl-cert-snakeoil.pem \
    "$root"/var/lib/{apt,postgresql,pgbackrest,systemd,ucf} "$root"/var/lib/dpkg/*-old "$root"/var/cache/* "$root"/var/log/* \
    "$root"/usr/share/{bash-completion,bug,lintian,locale,man,info,zsh,doc-base} \
    "$root"/usr/lib/postgresql/*/lib/{bitcode,pgxs} "$root"/root/.[a-z]*
