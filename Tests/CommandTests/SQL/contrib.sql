-- Needs extensions that PostgreSQL without contrib does not have. One table depends on an extension, and another table
-- depends on that table.
CREATE EXTENSION hstore;
CREATE EXTENSION citext;
CREATE TABLE tags (id int PRIMARY KEY, tags hstore NOT NULL, label citext);
INSERT INTO tags SELECT i, hstore('number', i::text), 'Label' FROM generate_series(1, 10) i;
CREATE TABLE uses (tag int REFERENCES tags);
INSERT INTO uses SELECT i FROM generate_series(1, 10) i;
