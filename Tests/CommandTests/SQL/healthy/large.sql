-- Values that do not fit into a page, and large objects, which are not rows.
CREATE TABLE big (id int PRIMARY KEY, text text, raw bytea, document jsonb);
ALTER TABLE big ALTER text SET STORAGE EXTERNAL;
INSERT INTO big SELECT i, repeat('wörter ', 700000), decode(repeat('00ff', 500000), 'hex'),
    jsonb_build_object('text', repeat('x', 3000000)) FROM generate_series(1, 3) i;

CREATE TABLE attachments (id int PRIMARY KEY, content oid NOT NULL);
INSERT INTO attachments SELECT i, lo_from_bytea(0, decode(repeat('0a5c2e0a', i * 20000), 'hex')) FROM generate_series(1, 3) i;
INSERT INTO attachments SELECT 4, lo_create(0);
DO $$ BEGIN EXECUTE format('COMMENT ON LARGE OBJECT %s IS ''a picture''', (SELECT min(content) FROM attachments)); END $$;

CREATE MATERIALIZED VIEW lengths AS SELECT id, length(text) FROM big;
CREATE UNIQUE INDEX ON lengths (id);
CREATE MATERIALIZED VIEW of_lengths AS SELECT count(*) FROM lengths;
CREATE MATERIALIZED VIEW not_yet AS SELECT 1 / 0 AS never WITH NO DATA;
