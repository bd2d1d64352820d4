-- Text outside ASCII in a database that is not UTF-8: é is one byte here.
CREATE TABLE cafés (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO cafés SELECT i, 'Café Müller n° ' || i FROM generate_series(1, 20) i;
