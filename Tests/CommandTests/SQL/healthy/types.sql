-- Types, and values at the limits of their types.
CREATE TYPE mood AS ENUM ('good', 'odd');
CREATE DOMAIN document AS jsonb CHECK (VALUE IS NULL OR jsonb_typeof(VALUE) <> 'number');
CREATE DOMAIN outer_document AS document;
CREATE DOMAIN percent AS int;
ALTER DOMAIN percent ADD CONSTRAINT percent_is_one CHECK (VALUE BETWEEN 0 AND 100) NOT VALID;
CREATE TYPE pair AS (left_one int, right_one text);
CREATE TYPE span AS RANGE (subtype = float8);

CREATE TABLE documents (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, plain json, many jsonb[], texts json[], own document,
    deeper outer_document, own_many document[], size int GENERATED ALWAYS AS (length(plain::text)) STORED);
INSERT INTO documents (plain, many, texts, own, deeper, own_many) VALUES
    ('{"a": 1, "a": 2}', ARRAY['1', 'null', NULL]::jsonb[], ARRAY['{"x": "}"}', '"\""']::json[], '{}', '[]', '{}'),
    ('"\u0000 is allowed in json"', '{}', '{}', 'null', '"text"', NULL),
    ('1e400', ARRAY['1e300']::jsonb[], NULL, '{"\u00e9": "\ud83c\udf3e"}', 'true', ARRAY['{}']::document[]),
    (' [ 1 , 2 ] ', '{{1,2},{3,4}}', '{{1},{2}}', '{"deep": {"deep": {"deep": [[[[]]]]}}}', NULL, NULL),
    (NULL, NULL, NULL, NULL, NULL, NULL),
    (('[' || repeat('[],', 5000) || '1]')::json, NULL, NULL, (SELECT jsonb_object_agg(i, md5(i::text))
        FROM generate_series(1, 3000) i), NULL, NULL);

-- Times that are not on the calendar, and times that are far away on it.
CREATE TABLE extremes (at timestamptz, local timestamp, day date, clock timetz, length interval, number float8, big numeric);
INSERT INTO extremes VALUES
    ('infinity', 'infinity', 'infinity', '24:00:00+00', '178000000 years', 'NaN', 'NaN'),
    ('-infinity', '-infinity', '-infinity', '00:00:00-15:59', '-178000000 years', '-Infinity', 'Infinity'),
    ('294276-12-31 23:59:59+00', '294276-12-31 23:59:59', '5874897-12-31', NULL, NULL, 1e308, 1e1000),
    ('4713-01-01 00:00:00+00 BC', '4713-01-01 00:00:00 BC', '4713-01-01 BC', NULL, NULL, 5e-324, 1e-1000),
    (now(), now(), now(), now()::timetz, '1 day', 0, 0),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
CREATE INDEX ON extremes (at);
CREATE INDEX ON extremes (local);
CREATE INDEX ON extremes (day);

CREATE TABLE sized (
    id bigserial PRIMARY KEY, mood mood DEFAULT 'good', pair pair, span span, share percent, code char(3), bits bit(3),
    net inet, tree xml, price money, vector tsvector, point point, name name, raw bytea, ranges int4multirange,
    twice int GENERATED ALWAYS AS (id * 2) STORED, EXCLUDE USING gist (span WITH &&));
INSERT INTO sized (mood, pair, span, share, code, bits, net, tree, price, vector, point, name, raw, ranges) VALUES
    ('odd', '(1,"a, ""b""")', '[1,2)', 100, 'a', '101', '::1/128', '<a/>', '1.50', 'a:1 b', '(1,2)', 'n', '\x00ff', '{[1,3)}'),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ('good', '(,)', 'empty', 0, '', '000', '10.0.0.0/8', NULL, '-1', '', '(NaN,1e300)', '', '', '{}'),
    ('good', '(0,)', '(,0)', 50, 'é', '111', '0.0.0.0', '<b>é</b>', '0', 'é', '(0,0)', 'é', 'abc', '{(,)}');

-- Rows without columns, no rows, dropped columns, rows that no constraint has checked.
CREATE TABLE nothing_at_all ();
INSERT INTO nothing_at_all SELECT FROM generate_series(1, 3);
CREATE TABLE without_rows (id int PRIMARY KEY, value jsonb, at timestamptz);
CREATE INDEX ON without_rows (at);
CREATE TABLE dropped (a int, b jsonb, c timestamptz, d int);
INSERT INTO dropped VALUES (1, '{}', now(), 2);
ALTER TABLE dropped DROP COLUMN b, DROP COLUMN c;
CREATE TABLE unchecked (value int);
INSERT INTO unchecked VALUES (-1), (1);
ALTER TABLE unchecked ADD CONSTRAINT unchecked_is_positive CHECK (value > 0) NOT VALID;
CREATE UNLOGGED TABLE passing (id int);
INSERT INTO passing VALUES (1);
