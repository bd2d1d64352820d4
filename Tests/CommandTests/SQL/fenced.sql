-- A small database with a definition of each kind that a later statement can change.
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE plots (id int PRIMARY KEY, name text DEFAULT 'none', kind varchar(9) CHECK (kind IN ('field', 'wood')))
    WITH (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE plots ALTER COLUMN name SET STATISTICS 500;
CREATE VIEW near AS SELECT id, name FROM plots WHERE id < 10;
ALTER TABLE plots ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON plots USING (id < 100);
CREATE TRIGGER touch BEFORE UPDATE ON plots FOR EACH ROW EXECUTE FUNCTION touch();
COMMENT ON TABLE plots IS 'All plots';
COMMENT ON COLUMN plots.name IS 'As the grower calls it';
GRANT SELECT, UPDATE ON plots TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
CREATE PUBLICATION changes FOR TABLE plots;
CREATE STATISTICS plots_kinds ON name, kind FROM plots;
INSERT INTO plots SELECT i, 'plot ' || i, 'field' FROM generate_series(1, 20) i;
