-- Small as a dump, but 60 MB as a table, which another table refers to.
CREATE TABLE wide (id int PRIMARY KEY, filler text NOT NULL);
ALTER TABLE wide ALTER filler SET STORAGE PLAIN;
INSERT INTO wide SELECT i, repeat('x', 2000) FROM generate_series(1, 30000) i;
CREATE TABLE refers (id int PRIMARY KEY, wide int NOT NULL REFERENCES wide, "at" timestamptz NOT NULL DEFAULT now());
INSERT INTO refers SELECT i, i FROM generate_series(1, 100) i;
