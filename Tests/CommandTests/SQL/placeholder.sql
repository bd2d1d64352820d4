-- A view that needs a primary key to group by, and a type of its own. To drop in the right order, pg_dump --clean first
-- replaces the view by one without both.
CREATE TYPE phase AS ENUM ('new', 'done');
CREATE TABLE items (id int PRIMARY KEY, title text, phase phase);
CREATE VIEW item_list AS SELECT id, title, phase FROM items GROUP BY id;
INSERT INTO items SELECT i, 't' || i, 'new' FROM generate_series(1, 20) i;
