-- Foreign keys of every kind. Only the one that the source has never validated has orphans.
SET client_min_messages = warning;

-- Composite, in another order than the key's, and MATCH FULL: either all columns are null or no column is.
CREATE TABLE rooms (house int, room int, PRIMARY KEY (house, room));
INSERT INTO rooms SELECT h, r FROM generate_series(1, 3) h, generate_series(1, 3) r;
CREATE TABLE bookings (
    id int PRIMARY KEY, room int, house int,
    FOREIGN KEY (house, room) REFERENCES rooms (house, room),
    full_house int, full_room int,
    FOREIGN KEY (full_house, full_room) REFERENCES rooms MATCH FULL);
INSERT INTO bookings VALUES (1, 1, 2, 1, 1), (2, NULL, 99, NULL, NULL), (3, 99, NULL, 3, 3), (4, NULL, NULL, NULL, NULL),
    (5, 3, 3, 2, 2);

-- Self-referencing, circular with another table, deferred.
CREATE TABLE nodes (id int PRIMARY KEY, parent int REFERENCES nodes, favourite int);
CREATE TABLE leaves (id int PRIMARY KEY, node int NOT NULL REFERENCES nodes DEFERRABLE INITIALLY DEFERRED);
INSERT INTO nodes SELECT i, nullif(i / 2, 0), NULL FROM generate_series(1, 20) i;
INSERT INTO leaves SELECT i, i FROM generate_series(1, 20) i;
UPDATE nodes SET favourite = id;
ALTER TABLE nodes ADD CONSTRAINT nodes_favourite_fkey FOREIGN KEY (favourite) REFERENCES leaves;

-- NOT VALID: there are orphans, and the source knows that.
CREATE TABLE unproven (id int PRIMARY KEY, node int);
INSERT INTO unproven SELECT i, 100 + i FROM generate_series(1, 10) i;
ALTER TABLE unproven ADD CONSTRAINT unproven_node_fkey FOREIGN KEY (node) REFERENCES nodes NOT VALID;

-- Partitioned on both sides, in two levels, with a default partition.
CREATE TABLE places (region int, id int, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE places_1 PARTITION OF places FOR VALUES IN (1);
CREATE TABLE places_rest PARTITION OF places DEFAULT PARTITION BY RANGE (id);
CREATE TABLE places_rest_low PARTITION OF places_rest FOR VALUES FROM (0) TO (10);
CREATE TABLE places_rest_high PARTITION OF places_rest FOR VALUES FROM (10) TO (100);
INSERT INTO places SELECT r, i FROM generate_series(1, 3) r, generate_series(1, 20) i;
CREATE TABLE visits (id int, region int, place int, FOREIGN KEY (region, place) REFERENCES places) PARTITION BY HASH (id);
CREATE TABLE visits_0 PARTITION OF visits FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE visits_1 PARTITION OF visits FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO visits SELECT row_number() OVER (), region, id FROM places;

-- Inheritance: a key applies only to its own table, not to the tables that inherit from it.
CREATE TABLE animals (id int PRIMARY KEY, home int REFERENCES nodes);
CREATE TABLE birds (wingspan int) INHERITS (animals);
INSERT INTO animals VALUES (1, 1);
INSERT INTO birds VALUES (2, 9999, 30);

-- Different types, different collations, and a unique constraint in place of a primary key.
CREATE TABLE words (word text COLLATE "C" UNIQUE, number bigint UNIQUE);
CREATE TABLE uses (word varchar COLLATE "POSIX" REFERENCES words (word), number int REFERENCES words (number));
INSERT INTO words VALUES ('a', 1), ('b', 2);
INSERT INTO uses VALUES ('a', 2), (NULL, 1), ('b', NULL);

-- A key without rows on either side.
CREATE TABLE none (id int PRIMARY KEY);
CREATE TABLE nobody (id int REFERENCES none);
