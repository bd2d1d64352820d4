-- Tables with every type of value, and with text that is difficult for the formats. PostgreSQL 15 and newer.
CREATE TYPE mood AS ENUM ('', 'a "quoted", one', E'back\\slash', E'two\nlines', 'NULL');
CREATE TYPE pair AS (number numeric, word text);
CREATE DOMAIN code AS text CHECK (length(value) < 100);

CREATE TABLE every_type (
    id bigint GENERATED ALWAYS AS IDENTITY,
    a_smallint smallint, an_integer integer, a_numeric numeric, a_money_like numeric(10,2), a_real real, a_double double precision,
    a_boolean boolean, a_text text, a_varchar varchar(20), a_char char(5), a_byte "char", a_name name, a_code code,
    a_bytea bytea, a_date date, a_timestamp timestamp, a_timestamptz timestamptz, a_time time, a_timetz timetz,
    an_interval interval, a_uuid uuid, an_inet inet, a_cidr cidr, a_macaddr macaddr, a_bit bit(3), a_varbit varbit,
    a_json json, a_jsonb jsonb, an_oid oid, a_regclass regclass, an_lsn pg_lsn, a_money money, a_mood mood, a_pair pair,
    a_point point, a_polygon polygon, a_tsvector tsvector, a_tsquery tsquery, an_int4range int4range,
    a_tstzrange tstzrange, a_nummultirange nummultirange, integers integer[], numerics numeric[], texts text[],
    jsonbs jsonb[], moods mood[], pairs pair[], bytes bytea[], times timestamptz[],
    twice bigint GENERATED ALWAYS AS (an_integer::bigint * 2) STORED
);

INSERT INTO every_type DEFAULT VALUES;
INSERT INTO every_type VALUES (
    DEFAULT, -32768, 2147483647, 'NaN', 1.00, 'Infinity', '-Infinity', true, '', '', '', '', '', '', '', 'infinity', '-infinity',
    'infinity', '24:00:00', '24:00:00-15:59', '-178000000 years', '00000000-0000-0000-0000-000000000000', '::1', '10/8',
    '08:00:2b:01:02:03', B'101', B'', ' {"a" :  1}', 'null', 4294967295, 'pg_catalog.pg_class', 'FFFFFFFF/FFFFFFFF', -0.01, '',
    ROW(NULL, ''), '(NaN,-0)', '((0,0),(1e300,1))', '', '', 'empty', '(,)', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
    DEFAULT);
INSERT INTO every_type VALUES (
    DEFAULT, 0, 0, '-Infinity', -0.01, '-0', 5e-324, false, 'NULL', '"', ',', E'\t', E'\\.', E'\\N', '\xdeadbeef', '4714-11-24 BC',
    '0044-03-15 12:00:00 BC', '294276-12-31 23:59:59.999999+00', '23:59:59.999999', '00:00:00+15:59', '1 mon -1 day 00:00:00.000001',
    'ffffffff-ffff-ffff-ffff-ffffffffffff', '192.168.0.1/24', '::/0', 'ff:ff:ff:ff:ff:ff', B'000', B'1',
    E'["\\u0000\\ud800", 1e400,\n\t"\\/"]', E'"\\u0001\\u001f\\u007f \\\\ \\" \\b\\f\\n\\r\\t ü 😀 \\u2028"', 0, NULL, '0/0', 0, 'NULL',
    ROW('NaN', E'a "b", (c)\\\n'), '(Infinity,1)', '((1,2))', 'a:1A b''c:2', '''a b'' & !c', '[1,5)', '[2022-01-01,infinity]',
    '{[1.00,2),(3,)}', '[0:1]={1,2}', '{NaN,1.00,NULL}', E'{"a b",NULL,"NULL","","\\"","\\\\",",","\n"}',
    ARRAY['{"a": "\\ \""}', 'null', NULL]::jsonb[], ARRAY['', 'NULL', E'two\nlines']::mood[],
    ARRAY[ROW(1.0, E'\\N'), NULL]::pair[], ARRAY['\x', '\x5c0a']::bytea[], '{infinity,"0001-01-01 00:00:00+00 BC"}', DEFAULT);
INSERT INTO every_type (a_numeric, a_real, a_double, a_timestamptz, a_jsonb, a_json) VALUES
    (1.00, 1e-7, 1e300, '10000-01-01 00:00:00+00', '{"a": {"b": [1.00, -0, 1e2, {"}": "]"}], "c": null}}',
        '{"a":1,"a":2}'),
    (10::numeric ^ 1000, 0.1, 0.1, '2022-07-01 12:00:00.123456+02', to_jsonb(repeat('\', 1000)), 'null'),
    (-(10::numeric ^ -100), 16777216, 1e15, '1582-10-10 00:00:00+00', '[]', '[ ]'),
    (0.000, -1.5e-45, -1e-300, '1970-01-01 00:00:00+00', (repeat('[', 1000) || repeat(']', 1000))::jsonb, '""'),
    (12345678901234567890.12345678901234567890, 3.4028235e38, 1.7976931348623157e308, NULL, '1e400', '1e400');

-- Only text, in columns with difficult names.
CREATE TABLE hostile_text (
    "id" bigint, "a ""quoted"" name" text, "com,ma" jsonb, U&"two\000Alines\000D" boolean, "back\slash" text,
    U&"\FEFF" text, "ключ	\u0001" numeric
);
INSERT INTO hostile_text
SELECT row_number() OVER (), t, to_jsonb(t), length(t) % 2 = 0, nullif(t, ''), t || t, length(t) / 3.0
FROM (
    SELECT chr(n) FROM generate_series(1, 300) AS n
    UNION ALL
    SELECT 'x' || chr(n) || 'y' FROM generate_series(1, 300) AS n
    UNION ALL
    SELECT one || two || three
    FROM unnest(ARRAY['"', '\', ',', E'\n', E'\r', E'\t', 'N', '.', '']) AS one,
        unnest(ARRAY['"', '\', ',', E'\n', E'\r', E'\t', 'N', '.', '']) AS two,
        unnest(ARRAY['"', '\', ',', E'\n', 'n', '']) AS three
    UNION ALL
    SELECT repeat(piece, count)
    FROM unnest(ARRAY['a', '"', '\', E'\n', 'ü', '😀', ' ', E'\x01']) AS piece,
        unnest(ARRAY[7, 8, 9, 15, 16, 17, 31, 32, 33, 10000]) AS count
    UNION ALL
    SELECT unnest(ARRAY[NULL, U&'\FEFF', U&'\FEFFa', U&'\2028', U&'\FFFF', U&'\+10FFFF', E'\n\\.\n', 'null', 'NULL', '{}', '"a"'])
) AS texts(t);

-- Rows with few values, or with none.
CREATE TABLE one_text (a text);
INSERT INTO one_text VALUES (NULL), (''), ('\.'), ('\N'), (E'\n'), (E'a\n\\.\nb'), (NULL), (U&'\FEFF'), ('"'), (NULL);
CREATE TABLE one_number ("\." numeric);
INSERT INTO one_number VALUES (NULL), ('NaN'), (1.00), (NULL);
CREATE TABLE one_boolean (a boolean);
INSERT INTO one_boolean VALUES (true), (NULL), (false);
CREATE TABLE one_jsonb ("{" jsonb);
INSERT INTO one_jsonb VALUES (NULL), ('null'), ('"\""'), ('1.00'), ('{}'), (NULL);
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
INSERT INTO nothing DEFAULT VALUES;
CREATE TABLE no_rows (a integer, b text);
