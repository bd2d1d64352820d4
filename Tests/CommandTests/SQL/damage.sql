-- What is damaged in every form of a dump: a table with a key, one whose rows refer to it, one without a key, and large objects.
-- The words of a row are its key and a hash, so that no compression finds much in them.
CREATE TABLE crops (id int PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL, shape jsonb);
INSERT INTO crops
SELECT i, 'crop ' || i || ' ' || md5(i::text), timestamptz '2026-01-01 00:00+00' + i * interval '1 minute',
    jsonb_build_object('n', i)
FROM generate_series(1001, 3000) i;
CREATE TABLE harvests (id int PRIMARY KEY, crop int NOT NULL REFERENCES crops (id));
INSERT INTO harvests SELECT i, i - 4000 FROM generate_series(5001, 7000) i;
CREATE TABLE notes (line text);
INSERT INTO notes SELECT 'note ' || i FROM generate_series(1, 200) i;
CREATE INDEX ON crops (at);
SELECT lo_from_bytea(4711, decode(repeat('00ff10', 1000), 'hex')), lo_from_bytea(4712, 'a small one');
