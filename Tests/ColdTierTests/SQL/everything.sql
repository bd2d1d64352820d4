-- A table with every type that an export must be able to restore, and with text that looks like the export's own
-- formats.
CREATE TYPE mood AS ENUM ('good', 'it''s odd');
CREATE DOMAIN percent AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);
CREATE TYPE pair AS (left_one int, right_one text);
CREATE TYPE span AS RANGE (subtype = float8);

CREATE TABLE everything (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz,
    local timestamp,
    day date,
    small smallint, whole integer, exact numeric, single real, double double precision,
    truth boolean,
    words text, fixed char(5), bounded varchar(2000), one "char",
    document jsonb, source json,
    raw bytea,
    numbers int[], texts text[], grid int[][], moods mood[],
    mood mood, share percent, pair pair, span span, spans int4multirange, period tstzrange,
    key uuid, address inet, shape point, length interval, bits bit varying, tree xml, price money,
    "a ""column"", quoted" text,
    twice numeric GENERATED ALWAYS AS (whole * 2) STORED
);

INSERT INTO everything (at, local, day, small, whole, exact, single, double, truth, words, fixed, bounded, one, document,
    source, raw, numbers, texts, grid, moods, mood, share, pair, span, spans, period, key, address, shape, length, bits, tree,
    price, "a ""column"", quoted")
SELECT moment, moment AT TIME ZONE 'UTC', (moment AT TIME ZONE 'UTC')::date,
    i % 32767, -i, (array['NaN', '0.00', '1.50', '-1e-30', '1e200', '12345678901234567890.000'])[1 + i % 6]::numeric,
    (array['NaN', 'Infinity', '-Infinity', '1e-30', '3.4e38', '0.1'])[1 + i % 6]::real,
    (array['NaN', 'Infinity', '-Infinity', '5e-324', '1.7976931348623157e308', '0.1'])[1 + i % 6]::float8,
    (array[true, false, null])[1 + i % 3],
    hostile.text, 'ab', repeat('é🌾"', i % 50), 'x',
    (array['null', '"text \u00e9 \\ \" \n \t \u0001"', '{"a": {"b": [1, 2.50, 1e300, true, null, "}]\""]}}', '[]', '""', '12345678901234567890'])[1 + i % 6]::jsonb,
    (array[E'{ "a" :\n 1 }', '"\u0000"', '[1,  2]', '1.50', 'null', '{"a":1,"a":2}'])[1 + i % 6]::json,
    decode((array['', '00ff5c27220a0d09', '5c4e'])[1 + i % 3], 'hex'),
    (array['{}', '{1,NULL,3}', '[0:1]={7,8}'])[1 + i % 3]::int[],
    array['a,b', '"', '\', E'line\nend', '', NULL, 'NULL', hostile.text], '{{1,2},{3,4}}', array['good', 'it''s odd']::mood[],
    (array['good', 'it''s odd', null])[1 + i % 3]::mood, i % 100 + 0.5,
    row(i, E'a "quoted", \\ (text)\n')::pair, span(-1.5, i), '{[1,3),[7,)}', tstzrange(moment, moment + interval '1 hour'),
    md5(i::text)::uuid, '::1/128', point(i, -0.5), make_interval(months => i, secs => 0.000001), i::bit(12)::bit varying,
    '<a b="c">d &amp; é</a>', (i * 1.25)::numeric::money,
    hostile.text
FROM generate_series(0, 599) i,
    LATERAL (SELECT timestamptz '2021-11-15 12:00:00.123456+00' + i * interval '17 hours') AS m (moment),
    LATERAL (SELECT (array[
        '', NULL, ' ', '\.', '\N', 'NULL', '"', '""', 'a,b', E'line\nend', E'\r\n', E'tab\there', E'\b\f\v\x01\x1f\x7f', '\', '\\', '\t',
        E'\u2028 and \uFEFF', 'naïve 🌾 табела', '{"a": "b"}', '[1,2', 'null', 'true', '-', '1e5', '=1+1', '''', E'a\\\nb', '\x41', '\101'
    ])[1 + i % 29]) AS hostile (text);
