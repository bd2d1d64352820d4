-- A made-up database of some farms: the same rows wherever it is made. It also runs in psql.

CREATE TABLE farms (
    id integer PRIMARY KEY,
    name text NOT NULL UNIQUE,
    region text NOT NULL
);
INSERT INTO farms
SELECT i, 'Farm ' || i, (ARRAY['North', 'East', 'South', 'West'])[1 + i % 4]
FROM generate_series(1, 40) AS i;

CREATE TABLE fields (
    id integer PRIMARY KEY,
    farm_id integer NOT NULL REFERENCES farms,
    crop text NOT NULL,
    hectares numeric(8, 2) NOT NULL CHECK (hectares > 0),
    outline jsonb NOT NULL
);
INSERT INTO fields
SELECT i, 1 + i % 40, (ARRAY['wheat', 'maize', 'olives', 'vines', 'clover'])[1 + i % 5], 1 + (i * 37 % 900) / 100.0,
    jsonb_build_object('type', 'Point', 'coordinates', jsonb_build_array(15 + i % 40 / 100.0, 45 + i % 30 / 100.0))
FROM generate_series(1, 200) AS i;
CREATE INDEX fields_of_farm ON fields (farm_id);

CREATE TABLE harvests (
    id integer PRIMARY KEY,
    field_id integer NOT NULL REFERENCES fields,
    day date NOT NULL,
    kilograms integer NOT NULL CHECK (kilograms >= 0)
);
INSERT INTO harvests
SELECT i, 1 + i % 200, date '2026-06-01' + i % 120, i * 7919 % 10000
FROM generate_series(1, 3000) AS i;
CREATE INDEX harvests_of_field ON harvests (field_id, day);

CREATE TABLE visits (
    id integer PRIMARY KEY,
    farm_id integer NOT NULL REFERENCES farms,
    at timestamptz NOT NULL,
    note text
);
INSERT INTO visits
SELECT i, 1 + i % 40, timestamptz '2026-03-01 08:00:00+00' + i * interval '5 hours', 'visit ' || i
FROM generate_series(1, 800) AS i;

CREATE TABLE photos (
    field_id integer PRIMARY KEY REFERENCES fields,
    picture oid NOT NULL UNIQUE
);
INSERT INTO photos
SELECT i, lo_from_bytea(50000 + i, decode(repeat(md5(i::text), 64), 'hex'))
FROM generate_series(1, 12) AS i;
