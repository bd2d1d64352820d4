#!/usr/bin/env bash
# Makes Fuzz/Corpus: for each target of tools/fuzz.sh a few small inputs that are whole, from real programs: pg_dump,
# pg_basebackup, zstd, lz4, and pgassay itself. Run it when a format or a target is new; the files are kept in the tree.
set -euo pipefail
cd "$(dirname "$0")/.."

tools/build.sh --product pgassay
pgassay=$(tools/build.sh --show-bin-path)/pgassay
bin=${PGASSAY_CORPUS_POSTGRES:-/usr/lib/postgresql/15/bin}
corpus=$PWD/Fuzz/Corpus

work=$(mktemp -d)
chmod 0755 "$work"
server() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid nobody --regid nogroup --clear-groups "$@"
    else
        "$@"
    fi
}
if [ "$(id -u)" -eq 0 ]; then chown nobody "$work"; fi
stop() {
    server "$bin/pg_ctl" stop --silent --mode=immediate --pgdata="$work/data" || true
    rm -rf "$work"
}
trap stop EXIT
export PGHOST=$work PGUSER=postgres PGDATABASE=postgres

cd "$work"
server "$bin/initdb" --pgdata="$work/data" --username=postgres --auth=trust --locale=C --encoding=UTF8 --no-sync >/dev/null
server "$bin/pg_ctl" start --silent --wait --pgdata="$work/data" --log="$work/log" \
    --options="-c listen_addresses= -c unix_socket_directories=$work -c wal_level=replica"

server "$bin/psql" --no-psqlrc --quiet --set=ON_ERROR_STOP=1 <<'SQL'
CREATE TABLE farmers (id int PRIMARY KEY, name text NOT NULL, born date, "odd ""name" boolean);
CREATE TABLE fields (id int PRIMARY KEY, farmer int REFERENCES farmers, shape jsonb, seen timestamptz, note text);
INSERT INTO farmers VALUES (1, E'O''Reilly\t\\N', '1970-01-01', true), (2, 'ü "x", y', NULL, false);
INSERT INTO fields VALUES (1, 1, '{"a": [1, -2.5e3, "x\u0041", null, true]}', '2021-03-04 05:06:07+00', E'a\nb'), (2, 2, '[]', '2021-04-01', NULL);
-- Of the kinds number, boolean, json and text, and of two texts: see Tests/FuzzTargets/FuzzTargets.swift.
CREATE TABLE kinds (c0 numeric, c1 boolean, c2 jsonb, c3 timestamptz);
CREATE TABLE texts (c0 text, c1 timestamptz);
INSERT INTO kinds VALUES (-1.50, true, '{"a": [1, -2.5e3, "x\u0041 \"", null, true], "": {}}', '2021-03-04 05:06:07+00'),
    ('NaN', false, '[]', '2021-04-01 00:00:00.5+00'), (NULL, NULL, NULL, '2021-04-02');
INSERT INTO texts VALUES (E'O''Reilly\t\\N', '2021-01-01'), ('ü "x", y', '2021-01-02'), (E'a\nb\r\\c', '2021-01-03'), ('', '2021-01-04'),
    (NULL, '2021-01-05');
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS $f$ SELECT $1 * 2 -- a 'comment' $f$;
CREATE VIEW old AS SELECT * FROM farmers WHERE born < '1980-01-01';
CREATE ROLE maria;
GRANT SELECT ON farmers TO maria;
SELECT lo_from_bytea(16500, '\x00ff');
SQL

# put TARGET NAME: standard input becomes a file of the corpus.
put() {
    mkdir -p "$corpus/$1"
    cat >"$corpus/$1/$2"
}

# Exports have no table at the end of a file any more; earlier ones have, and the file that is here is of one.
find "$corpus" -mindepth 1 -maxdepth 1 ! -name seekable-zstd -exec rm -rf {} +
for target in dump plain-script tar decompression; do mkdir -p "$corpus/$target"; done
server "$bin/pg_dump" --format=custom | put dump custom
server "$bin/pg_dump" --format=custom --compress=0 --schema-only | put dump schema
server "$bin/pg_dump" --format=tar | put dump tar
server "$bin/pg_dump" --format=plain | put dump plain
server "$bin/pg_dumpall" --clean | put cluster-script all
server "$bin/pg_dump" --format=plain --inserts --clean --create | put plain-script inserts
cp "$corpus/dump/plain" "$corpus/plain-script/copy"
cp "$corpus/dump/tar" "$corpus/tar/dump"
for tool in gzip 'zstd --quiet' lz4; do
    # shellcheck disable=SC2086 # the words of a command
    head -c 4000 "$corpus/dump/plain" | $tool --stdout - | put decompression "${tool%% *}"
done
cp "$corpus/decompression/gzip" "$corpus/dump/gzip"
gzip --stdout "$corpus/tar/dump" | put tar gzip

server "$bin/pg_basebackup" --pgdata="$work/base" --checkpoint=fast --wal-method=none 2>/dev/null
# Some of its files, and all else of it but the last line.
{
    head -n 12 "$work/base/backup_manifest" | sed '$ s/,$//'
    sed -n '/^\],/,$p' "$work/base/backup_manifest" | head -n -1
} | put backup-manifest manifest

cp "$corpus/dump/custom" farm.dump
# 1: the roles and rows of a sample this small do not satisfy every check.
PGASSAY_POSTGRES=$bin "$pgassay" drill farm.dump --unsigned --reports reports >/dev/null 2>&1 || [ $? -eq 1 ]
cat "$work"/reports/*.dsse.json | put envelope report
payload() { python3 -c 'import base64, json, sys; sys.stdout.buffer.write(base64.b64decode(json.load(sys.stdin)["payload"]))'; }
payload <"$corpus/envelope/report" | put report report

export_table() {
    "$pgassay" export --database "host=$work user=postgres dbname=postgres" --table "$1" --column "$2" --before 2022-01-01 \
        --slice year --layout "$3" --output "$work/$1-$3" --unsigned >/dev/null
}
part() { find "$work/$1" -name 'part-*' -print -quit; }
# rows TABLE COLUMN LAYOUT FIRST-BYTE: the rows of a file without its header, behind the byte that says what its columns are.
rows() {
    export_table "$1" "$2" "$3"
    {
        printf '%b' "\\0$4"
        zstd --decompress --stdout --quiet "$(part "$1-$3")" | if [ "$3" = csv ]; then tail -n +2; else cat; fi
    } | put "$3" "$1"
}
for layout in csv jsonl copy; do
    rows kinds c3 "$layout" 344
    rows texts c1 "$layout" 117
done
export_table kinds c3 parquet
{
    printf '\344'
    cat "$(part kinds-parquet)"
} | put parquet kinds
payload <"$work/kinds-csv/manifest.dsse.json" | put export-manifest manifest

du --summarize --human-readable --apparent-size "$corpus"
