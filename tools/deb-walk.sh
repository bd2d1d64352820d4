#!/usr/bin/env bash
# What an operator does after the installation, in the clean Debian of tools/deb-test.sh.
set -euo pipefail

fail() { echo "$1" >&2; exit 1; }
has() { grep --quiet --fixed-strings -- "$2" "$1" || { cat "$1" >&2; fail "$1 lacks: $2"; }; }
as() { local account=$1; shift; setpriv --reuid "$account" --regid "$account" --clear-groups "$@"; }
bin=/usr/lib/postgresql/15/bin

echo '== a live database, and a backup of it'
install -d -o postgres -g postgres /srv/db /run/postgresql
as postgres "$bin/initdb" --pgdata /srv/db --auth trust --no-sync >/dev/null
as postgres "$bin/pg_ctl" --pgdata /srv/db --wait --options '-c listen_addresses=' --log /srv/db/log start >/dev/null
trap 'as postgres "$bin/pg_ctl" --pgdata /srv/db --mode immediate stop >/dev/null' EXIT
as postgres "$bin/createdb" shop
as postgres "$bin/psql" --quiet --dbname shop <<'SQL'
CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL, body jsonb);
INSERT INTO orders SELECT i, now(), '{"a": 1}' FROM generate_series(1, 1000) AS i;
ANALYZE;
SQL
install -d -m 0755 /var/backups/shop
dump() { as postgres "$bin/pg_dump" --format custom shop >"/var/backups/shop/$1.dump"; }
dump good

echo '== init, key, doctor'
as postgres /usr/bin/pgassay init --database 'postgresql:///shop?host=/run/postgresql' >/etc/pgassay/plans/shop.yaml
has /etc/pgassay/plans/shop.yaml 'orders.created_at'
pgassay keys generate --output /root/keys >/dev/null
install -m 0400 -o pgassay /root/keys/signing-key.pem /etc/pgassay/signing-key.pem
install -m 0444 /root/keys/public-key.pem /etc/pgassay/public-key.pem

echo '== mail, a webhook, metrics'
cat >/usr/sbin/sendmail <<'SENDMAIL'
#!/bin/sh
cat >>/tmp/mail
SENDMAIL
chmod 0755 /usr/sbin/sendmail
python3 /root/listener.py 8099 /tmp/requests &
listener=$!
trap 'kill $listener; as postgres "$bin/pg_ctl" --pgdata /srv/db --mode immediate stop >/dev/null' EXIT
cat >/etc/pgassay/config.yaml <<'CONFIG'
notify:
  - { name: dba, mail: { to: [dba@example.org] } }
  - { name: chat, webhook: { url: "http://127.0.0.1:8099/chat" } }
  - { name: watchdog, ping: { url: "http://127.0.0.1:8099/dog" } }
CONFIG

# The command of a unit, as systemd would run it: as the account, with its variables, without its walls.
unit() {
    local words
    words=$(awk '/^ExecStart=/ { on = 1; sub(/^ExecStart=/, "") } on { more = sub(/\\$/, ""); printf "%s ", $0; on = more }' \
        "/lib/systemd/system/$1")
    # shellcheck disable=SC2086 # the words of the command
    as pgassay env PGASSAY_SIGNING_KEY=/etc/pgassay/signing-key.pem PGASSAY_SCRATCH=/var/lib/pgassay/scratch ${words//%i/shop}
}
code() { local status=0; "$@" >/tmp/out 2>/tmp/err || status=$?; echo "$status"; }

(cd / && as pgassay env PGASSAY_SIGNING_KEY=/etc/pgassay/signing-key.pem PGASSAY_SCRATCH=/var/lib/pgassay/scratch \
    pgassay doctor /etc/pgassay/plans/shop.yaml --reports /var/lib/pgassay/reports >/tmp/doctor) ||
    { cat /tmp/doctor; fail 'the doctor is not content'; }

echo '== a drill that passes, by the command of its timer'
[ "$(code unit pgassay-drill@.service)" = 0 ] || { cat /tmp/out /tmp/err; fail 'the first drill did not pass'; }
[ ! -e /tmp/mail ] || fail 'a pass was mailed'

echo '== a backup that is cut off'
sleep 1
dump bad
truncate --size=-200 /var/backups/shop/bad.dump
[ "$(code unit pgassay-drill@.service)" = 1 ] || { cat /tmp/out /tmp/err; fail 'the cut dump did not fail'; }
has /tmp/mail 'To: dba@example.org'
has /tmp/requests '/chat {"text":"pgassay: the drill shop on '
has /tmp/requests '/dog/fail '
[ "$(code unit pgassay-status.service)" = 1 ] || { cat /tmp/out /tmp/err; fail 'status did not tell'; }
has /tmp/out 'failed (cause: backup)'
has /var/lib/pgassay/metrics/pgassay.prom 'pgassay_last_verdict{plan="shop",verdict="failed"} 1'
has /var/lib/pgassay/metrics/pgassay.prom 'kind="failing"} 2'

echo '== and a good one again, by the fleet'
sleep 1
dump better
[ "$(code unit pgassay-fleet.service)" = 0 ] || { cat /tmp/out /tmp/err; fail 'the good dump did not pass'; }
has /tmp/requests 'passes again'
[ "$(code unit pgassay-status.service)" = 0 ] || { cat /tmp/out /tmp/err; fail 'status still complains'; }
pgassay site --output /tmp/site --reports /var/lib/pgassay/reports --public-key /etc/pgassay/public-key.pem >/dev/null
has /tmp/site/index.html shop
pgassay ledger verify --reports /var/lib/pgassay/reports --public-key /etc/pgassay/public-key.pem >/tmp/out
has /tmp/out 'Reports  3 as they were entered'

echo '== the manual page and the completions'
gzip --decompress --stdout /usr/share/man/man1/pgassay.1.gz >/tmp/page
has /tmp/page 'pgassay fleet'
bash -n /usr/share/bash-completion/completions/pgassay
