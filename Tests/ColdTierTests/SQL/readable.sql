-- The tables whose export is read by engines: one with texts as people write them, one with every kind of column and
-- time.

CREATE TABLE messages (
    id bigint PRIMARY KEY, farmer_id integer NOT NULL, message text, sender text NOT NULL, sent timestamptz NOT NULL);

INSERT INTO messages
SELECT n, n % 17, CASE n % 9
        WHEN 0 THEN 'Two lines,' || chr(10) || 'and a comma'
        WHEN 1 THEN 'She said "rain", and "" it rained'
        WHEN 2 THEN ''
        WHEN 3 THEN NULL
        WHEN 4 THEN 'C:\new\table\'
        WHEN 5 THEN '\"'
        WHEN 6 THEN 'carriage' || chr(13) || chr(10) || 'return' || chr(13)
        WHEN 7 THEN '  žito 🌾, ' || repeat('wheat ', n % 50 * 40)
        ELSE (ARRAY['NULL', '\N', '\.', '"', '#', 'null', ',', chr(10), '""'])[1 + n / 9 % 9]
    END, (ARRAY['farmer', 'ava'])[1 + n % 2],
    timestamptz '2022-07-01 00:00:00.000001+00' + n * interval '3 hours 0.000007 seconds'
FROM generate_series(0, 599) AS n;

-- Without a primary key.
CREATE TABLE readings (
    id bigint, level double precision, amount numeric(12,2), urgent boolean, details jsonb, day date,
    place uuid, tags text[], raw bytea, moment timestamptz);

INSERT INTO readings
SELECT n, (ARRAY[0.1, 'NaN', '-Infinity', 'Infinity', 1e300, NULL, 0.30000000000000004])[1 + n % 7]::double precision,
    CASE WHEN n % 5 > 0 THEN n * 1.25 END, (ARRAY[true, false, NULL])[1 + n % 3],
    (ARRAY[
        '{"crop": "ma\"ize\\", "doses": [1, 2.50, null]}', '{"crop": "line\nbreak", "empty": ""}', '{"crop": null}',
        '[]', '{"crop": "\u0001\u007fčšž"}', NULL])[1 + n % 6]::jsonb,
    date '2022-07-01' + n, '3fa85f64-5717-4562-b3fc-2c963f66afa6', ARRAY['a,b', NULL, ''], '\x00ff0a22',
    (ARRAY[timestamptz '2022-07-01', '2022-07-31 23:59:59.999999+00', '2022-08-01 00:00:00+00', NULL, '-infinity'])[1 + n % 5]
FROM generate_series(0, 99) AS n;
