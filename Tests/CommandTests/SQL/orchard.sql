-- A small healthy database: most tests dump it, and damaged databases are made from it.
CREATE TABLE growers (id int PRIMARY KEY, name text NOT NULL, joined timestamptz NOT NULL);
CREATE TABLE plots (id int PRIMARY KEY, grower int NOT NULL REFERENCES growers, shape jsonb NOT NULL);
CREATE TABLE readings ("at" timestamptz NOT NULL, plot int NOT NULL REFERENCES plots, value json);
CREATE INDEX readings_at ON readings ("at");

INSERT INTO growers SELECT i, 'grower ' || i, now() - i * interval '1 day' FROM generate_series(1, 50) i;
INSERT INTO plots SELECT i, 1 + i % 50, jsonb_build_object('type', 'Polygon', 'corners', i % 7 + 3)
FROM generate_series(1, 200) i;
INSERT INTO readings SELECT now() - i * interval '1 minute', 1 + i % 200, json_build_object('value', md5(i::text))
FROM generate_series(1, 3000) i;
