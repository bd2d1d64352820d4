-- Needs extensions that a bare PostgreSQL does not have. A table depends on one of them, and another one on that table.
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE TABLE tags (id int PRIMARY KEY, tags hstore NOT NULL, label citext);
INSERT INTO tags SELECT i, hstore('number', i::text), 'Label' FROM generate_series(1, 10) i;
CREATE TABLE uses (tag int REFERENCES tags);
INSERT INTO uses SELECT i FROM generate_series(1, 10) i;
