-- Values of each type that Parquet has, and of types that it has not: the first rows are at the ends of the ranges that every
-- engine knows, then what is empty and what is NULL, then enough rows for dictionaries and several row groups.
CREATE TYPE mood AS ENUM ('good', 'it''s odd');

CREATE TABLE samples (
    id bigint PRIMARY KEY, a_small smallint, a_whole integer, a_truth boolean, a_real real, a_double double precision,
    an_exact numeric(38,10), a_share numeric(3,3), a_loose numeric, a_day date, a_local timestamp, a_time timestamptz,
    a_late timestamp, a_uuid uuid, a_text text, a_fixed char(4), a_jsonb jsonb, a_json json, a_raw bytea, a_mood mood,
    a_length interval, wholes integer[], texts text[], amounts numeric(6,2)[], days date[], truths boolean[], a_grid integer[]
);

INSERT INTO samples VALUES
    (-9223372036854775808, -32768, -2147483648, false, '-Infinity', '-Infinity', -9999999999999999999999999999.9999999999,
        -0.999, 'NaN', '0001-01-01', '0001-01-01 00:00:00', '2022-07-01 00:00:00+00', '-infinity',
        '00000000-0000-0000-0000-000000000000', '', '', '{}', ' { "b": 1,  "a": [] }', '\x', 'good', '0',
        '{}', '{}', '{}', '{}', '{}', '{}'),
    (9223372036854775807, 32767, 2147483647, true, 'NaN', 'NaN', 9999999999999999999999999999.9999999999, 0.999,
        123456789012345678901234567890.123456789012345678901234567890, '9999-12-31', '9999-12-31 23:59:59.999999',
        '2022-07-31 23:59:59.999999+00', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'NULL', 'NULL', 'null',
        '"\u00e9"', '\x00ff0a225c', 'it''s odd', '1 mon -1 days', '{1,NULL,-3}', '{"a,b",NULL,"","NULL",x}',
        '{0.00,NULL,-9999.99}', '{2022-02-28,NULL}', '{t,f,NULL}', '[0:1]={7,8}'),
    (0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2022-07-02 12:00:00+00', NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

INSERT INTO samples
SELECT n, n % 100, n * 1000, n % 2 = 0, n * 0.5, n / 10.0, n * 1.5, n % 999 * 0.001, n * 0.25, date '2022-01-01' + n % 300,
    timestamp '2022-01-01' + n * interval '1 hour 1 microsecond', timestamptz '2022-07-05' + n * interval '1 minute',
    timestamp '2022-01-01' + n % 7 * interval '1 day', md5(n::text)::uuid, repeat('žito 🌾', n % 5), n % 10,
    jsonb_build_object('n', n % 3), '[ 1 ]', decode(md5(n::text), 'hex'), (ARRAY['good', 'it''s odd', NULL])[1 + n % 3]::mood,
    make_interval(hours => n), CASE WHEN n % 4 > 0 THEN ARRAY[n, NULL, n % 7] END, ARRAY[repeat('x', n % 3), 'same'],
    ARRAY[n % 9 + 0.25], ARRAY[date '2022-01-01' + n % 9], ARRAY[n % 2 = 0], ARRAY[[n, 1], [2, NULL]]
FROM generate_series(1, 3000) AS n;
