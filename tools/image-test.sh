#!/usr/bin/env bash
# Runs an image of tools/image.sh: as a container with a read-only root, and as the pods of config/kubernetes, each with the account, the
# volumes and the refusals that its file asks for. It needs no container engine, only crun. As root.
#
#   tools/image-test.sh IMAGE.oci.tar
set -euo pipefail
cd "$(dirname "$0")/.."

image=$(realpath "${1:?usage: tools/image-test.sh IMAGE.oci.tar}")
# What is mounted here is seen by nobody else, and ends with this script.
if [ "${PGASSAY_IMAGE_TEST:-}" != inside ]; then
    PGASSAY_IMAGE_TEST=inside exec unshare --mount --propagation private "$0" "$image"
fi
# shellcheck source=/dev/null
. .venv/environment

work=$(mktemp -d /var/tmp/pgassay-image-XXXXXXXX)
chmod 0755 "$work"
server=
runtime() { crun --root "$work/crun" --cgroup-manager=disabled "$@"; }
cleanup() {
    runtime delete --force one 2>/dev/null || true
    if [ -n "$server" ]; then
        kill "$server"
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT

fail() { echo "$1" >&2; cat "$work/out" "$work/err" >&2; exit 1; }
has() { grep --quiet --fixed-strings -- "$2" "$1" || fail "${1##*/} lacks: $2"; }
none() { [ -z "$2" ] || fail "$1: $2"; }
touch "$work/out" "$work/err"

echo '== the image, read by another program'
mkdir "$work/layout"
tar --extract --file "$image" --directory "$work/layout"
name=$(/usr/bin/python3 - "$work/layout" <<'PYTHON'
import json, pathlib, sys
layout = pathlib.Path(sys.argv[1])
(image,) = json.loads((layout / "index.json").read_text())["manifests"]
name = image["annotations"]["org.opencontainers.image.ref.name"]
(old,) = json.loads((layout / "manifest.json").read_text())
assert old["RepoTags"] == [name] and all((layout / blob).exists() for blob in [old["Config"], *old["Layers"]])
config = json.loads((layout / old["Config"]).read_text())
assert config["config"]["User"] == "10001:10001" and config["config"]["Entrypoint"] == ["/usr/bin/pgassay"], config
assert config["config"]["Labels"]["org.opencontainers.image.version"] == name.split(":")[1], config
print(name)
PYTHON
)
umoci --log=warn unpack --image "$work/layout:$name" "$work/unpacked"
root=$work/unpacked/rootfs
echo "$name: $(du --apparent-size -sh "$image" | cut -f 1) packed, $(du -sxh "$root" | cut -f 1) unpacked"
none 'set-user-ID or set-group-ID' "$(find "$root" -xdev -perm /6000)"
none 'a key or a source of packages' "$(find "$root/etc/ssl/private" "$root/etc/apt" "$root/root" ! -type d 2>/dev/null)"
none 'documentation or caches' "$(find "$root"/usr/share/{doc,man} "$root"/var/cache "$root"/var/lib/apt ! -type d ! -type l ! -name copyright 2>/dev/null)"
none 'writable by all' "$(find "$root" -xdev -perm -0002 ! -type l ! -path "$root/tmp" ! -path "$root/var/tmp" ! -path "$root/run/lock")"

# crun knows one kind of control groups, and some machines have two. It needs none here.
if mountpoint --quiet /sys/fs/cgroup; then umount --recursive /sys/fs/cgroup; fi
mount -t cgroup2 none /sys/fs/cgroup
code() { # BUNDLE
    local status=0
    runtime run --bundle "$1" one >"$work/out" 2>"$work/err" </dev/null || status=$?
    echo "$status"
}
expect() { # CODE BUNDLE WHAT
    local status
    status=$(code "$2")
    [ "$status" = "$1" ] || fail "$3: exit code $status instead of $1"
}

# A container with one volume, and the backups besides.
mkdir "$work/data" "$work/backups"
chown 10001:10001 "$work/data" "$work/backups"
plain() { tools/image_bundle.py plain --mount "$work/data:/var/lib/pgassay" "$@"; }
shell() { plain --mount "$work/backups:/backups" --entrypoint /bin/bash "$work/unpacked" "$work/plain" -c "$1"; }
pgassay() { plain --mount "$work/backups:/backups:ro" "$work/unpacked" "$work/plain" "$@"; }
touch "$work/before"

echo '== a container with a read-only root'
pgassay --version
expect 0 "$work/plain" --version
has "$work/out" "${name##*:}"
shell 'id --user; touch /x /etc/x /usr/bin/x /var/tmp/x'
expect 1 "$work/plain" 'writing into the root'
has "$work/out" 10001
[ "$(grep --count 'Read-only file system' "$work/err")" = 4 ] || fail 'the root is not read-only'
pgassay doctor
expect 0 "$work/plain" doctor
has "$work/out" /usr/lib/postgresql/15/bin
pgassay keys generate --output /var/lib/pgassay/keys
expect 0 "$work/plain" 'keys generate'

echo '== backups, by its PostgreSQL'
# In a locale and a collation that a smaller image would not have. From 2020 to now, so that some rows are cold.
# shellcheck disable=SC2016 # the shell of the container expands it
shell 'set -e
initdb --pgdata /tmp/db --locale=C.UTF-8 --auth=trust --no-sync >/dev/null
pg_ctl --pgdata /tmp/db --wait --log /tmp/log --options "-c listen_addresses= -c unix_socket_directories=/tmp" start >/dev/null
export PGHOST=/tmp PGDATABASE=shop
createdb --template template0 --locale en_US.UTF-8 shop
psql --quiet --set ON_ERROR_STOP=1 <<SQL
CREATE COLLATION german (provider = icu, locale = '"'de-u-co-phonebk'"');
CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, name text COLLATE german, body jsonb);
INSERT INTO orders SELECT i, now() - (i * 2) * interval '"'1 day', 'name ' || i, '{\"a\": 1}'"' FROM generate_series(0, 1200) AS i;
CREATE INDEX ON orders (name);
SQL
pg_dump --format custom --file /backups/good.dump
pg_dump --file /backups/slow.sql
pg_ctl --pgdata /tmp/db --mode immediate stop >/dev/null'
expect 0 "$work/plain" 'a dump'
mkdir "$work/bad"
cp "$work/backups/good.dump" "$work/bad/bad.dump"
truncate --size=-200 "$work/bad/bad.dump"
mv "$work/bad/bad.dump" "$work/backups/bad.dump"
sed --in-place 's/^-- PostgreSQL database dump complete/SELECT pg_sleep(3600);\n\n&/' "$work/backups/slow.sql"

echo '== drills'
drill() { pgassay drill "/backups/$1" --signing-key keys/signing-key.pem --reports reports; }
drill good.dump
expect 0 "$work/plain" 'the drill of a good dump'
has "$work/out" 'PASSED: '
drill bad.dump
expect 1 "$work/plain" 'the drill of a cut dump'
has "$work/out" 'FAILED: the backup is bad.'

echo '== a drill that is stopped, as the first process of its container'
drill slow.sql
runtime run --bundle "$work/plain" one >"$work/out" 2>"$work/err" </dev/null &
slow=$!
until grep --quiet 'estore' "$work/err"; do
    if ! kill -0 "$slow" 2>/dev/null; then fail 'the slow drill ended'; fi
    sleep 0.1
done
runtime kill one TERM
status=0
wait "$slow" || status=$?
[ "$status" = 130 ] || fail "a stopped drill: exit code $status"

echo '== its reports, verified without pgassay (runbooks/verify-a-report.md)'
verify() { # REPORT
    sed -n 's/.*"payload":"\([^"]*\)".*/\1/p' "$1" | base64 -d >"$work/statement"
    sed -n 's/.*"sig":"\([^"]*\)".*/\1/p' "$1" | base64 -d >"$work/signature"
    { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c <"$work/statement")" && cat "$work/statement"; } >"$work/signed"
    openssl pkeyutl -verify -pubin -inkey "$work/data/keys/public-key.pem" -rawin -in "$work/signed" -sigfile "$work/signature" >"$work/out"
}
verdicts() { # DIRECTORY
    local report
    for report in "$1"/*.dsse.json; do
        verify "$report" || fail "$report is not signed with the key"
        grep -o '"verdict":"[a-z]*"' "$work/statement" | tail -n 1
    done | sort | uniq -c | tr -s ' "\n' ' '
}
[ "$(verdicts "$work/data/reports")" = ' 1 verdict : failed 1 verdict : inconclusive 1 verdict : passed ' ] ||
    fail "the reports say:$(verdicts "$work/data/reports")"
none 'left in the scratch directory' "$(find "$work/data" -mindepth 1 -maxdepth 1 ! -name keys ! -name reports)"

echo '== the pods of config/kubernetes'
volumes=$work/volumes
mkdir "$volumes" "$volumes"/{configmap-pgassay-plans,configmap-pgassay-export-plans,secret-pgassay-signing-key}
mkdir "$volumes"/claim-pgassay-{reports,cold,fleet-reports}
mv "$work/backups" "$volumes/claim-pgassay-backups"
rm "$volumes/claim-pgassay-backups/slow.sql"
cp "$work/data/keys/signing-key.pem" "$volumes/secret-pgassay-signing-key"
# A kubelet writes a file of a ConfigMap beside, and links to it.
config() { # CONFIGMAP NAME
    mkdir -p "$volumes/configmap-$1/..first"
    ln -sfn ..first "$volumes/configmap-$1/..data"
    cat >"$volumes/configmap-$1/..first/$2"
    ln -s "..data/$2" "$volumes/configmap-$1/$2"
}
pod() { # EXIT-CODE FILE [OPTION…]
    local expected=$1 file=$2 status=0 container used
    shift 2
    rm -rf "$work/pod" "$volumes"/emptydir-*
    tools/image_bundle.py pod "$work/unpacked" "$work/pod" "config/kubernetes/$file" "$volumes" "$@" >"$work/containers"
    while read -r container used; do
        [ "$used" = "$name" ] || fail "$file names the image $used instead of $name"
        [ "$status" = 0 ] || fail "$file: a container before $container ended with $status"
        status=$(code "$work/pod/$container")
    done <"$work/containers"
    [ "$status" = "$expected" ] || fail "$file: exit code $status instead of $expected"
    none "left by $file" "$(find "$volumes/emptydir-scratch" "$volumes/emptydir-tmp" -mindepth 1 ! -path '*/.aws*')"
}

config pgassay-plans weekly-recovery.yaml <<'YAML'
name: weekly-recovery
backup: { path: /backups/good*.dump }
checks: { row-counts: { orders: { exactly: 1201 } } }
YAML
pod 0 pgassay-drill.yaml
has "$work/out" 'PASSED: '
# The walls that are left where the runtime refuses namespaces.
verify "$volumes"/claim-pgassay-reports/weekly-recovery-*.dsse.json || fail 'the report of the pod is not signed with the key'
has "$work/statement" Landlock
grep --quiet 'own mount namespace' "$work/statement" && fail 'the pod was not refused namespaces'

config pgassay-export-plans cold-storage-export.yaml <<'YAML'
name: cold-storage-export
backup: { path: /backups/good.dump }
export: { output: /cold/shop, olderThan: 2y, tables: { orders: { column: created_at } } }
YAML
pod 0 pgassay-export.yaml
[ -n "$(find "$volumes/claim-pgassay-cold" -name '*.csv.zst')" ] || fail 'nothing was exported'

# The second plan of two, with its ledger in a bucket.
config pgassay-plans zz-bad.yaml <<'YAML'
name: zz-bad
backup: { path: /backups/bad.dump }
YAML
"$PGASSAY_PYTHON" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])' >"$work/port"
port=$(cat "$work/port")
"$PGASSAY_PYTHON" -m moto.server --host 127.0.0.1 --port "$port" >"$work/moto" 2>&1 &
server=$!
until curl --silent --output "$work/answer" --request PUT "http://127.0.0.1:$port/evidence"; do
    kill -0 "$server" || { cat "$work/moto" >&2; exit 1; }
    sleep 0.1
done
bucket=("AWS_ENDPOINT_URL=http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=key AWS_SECRET_ACCESS_KEY=secret AWS_DEFAULT_REGION=us-east-1)
index=batch.kubernetes.io/job-completion-index
pod 0 pgassay-fleet.yaml "${bucket[@]/#/--env=}" --annotation "$index=0"
pod 1 pgassay-fleet.yaml "${bucket[@]/#/--env=}" --annotation "$index=1"
has "$work/out" 'zz-bad  failed (cause: backup)'
env "${bucket[@]}" .venv/bin/aws s3 cp --quiet --recursive s3://evidence/ledger "$work/data/ledger"
plain --mount "$volumes/claim-pgassay-fleet-reports:/reports:ro" "$work/unpacked" "$work/plain" \
    ledger verify --ledger /var/lib/pgassay/ledger --reports /reports --public-key keys/public-key.pem
expect 0 "$work/plain" 'the ledger of the fleet'
has "$work/out" 'Reports  2 as they were entered'

none 'written outside of the volumes' "$(find "$root" -xdev -newer "$work/before" ! -type d)"
echo 'The image ran as a container and as every pod of config/kubernetes.'
