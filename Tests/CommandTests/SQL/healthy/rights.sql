-- Roles that exist only at the source, settings that only the source knows, and code of every kind.
SET client_min_messages = warning;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['left the company', 'Readers', 'o"dd', 'член'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN EXECUTE format('CREATE ROLE %I', name); END IF;
    END LOOP;
END
$$;

ALTER DATABASE rights SET my.flavour = 'bitter';
ALTER DATABASE rights SET work_mem = '8MB';
COMMENT ON DATABASE rights IS 'A database''s comment';

CREATE TABLE secrets (id int PRIMARY KEY, owner text NOT NULL DEFAULT current_user, at timestamptz DEFAULT now());
INSERT INTO secrets SELECT i, 'member ' || i % 3 FROM generate_series(1, 30) i;
CREATE INDEX ON secrets (at);
ALTER TABLE secrets OWNER TO "left the company";
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
CREATE POLICY "own rows" ON secrets TO "Readers", "o""dd" USING (owner = current_setting('my.member', true));
CREATE POLICY nobody ON secrets AS RESTRICTIVE FOR DELETE TO PUBLIC USING (false);
GRANT SELECT ON secrets TO "Readers" WITH GRANT OPTION;
GRANT UPDATE (owner) ON secrets TO "o""dd", "член";
REVOKE ALL ON secrets FROM PUBLIC;
COMMENT ON COLUMN secrets.owner IS E'the member''s name\nnever shown';
COMMENT ON POLICY "own rows" ON secrets IS 'members see their own';

CREATE SCHEMA private AUTHORIZATION "left the company";
GRANT USAGE ON SCHEMA private TO "член";
ALTER DEFAULT PRIVILEGES FOR ROLE "left the company" IN SCHEMA private GRANT SELECT ON TABLES TO "Readers";
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
COMMENT ON SCHEMA public IS 'our own comment';

CREATE FUNCTION private.with_setting() RETURNS text LANGUAGE sql SET my.var = 'x' SET search_path = '' AS
    $$ SELECT current_setting('my.var') $$;
CREATE FUNCTION private.standard(a int, VARIADIC b int[] DEFAULT '{}') RETURNS int LANGUAGE sql IMMUTABLE
    BEGIN ATOMIC SELECT a + cardinality(b); END;
CREATE PROCEDURE private.clear() LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN DELETE FROM public.secrets; END $$;
ALTER PROCEDURE private.clear() OWNER TO "o""dd";
CREATE AGGREGATE private.total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
CREATE OPERATOR private.|+| (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
CREATE CAST (text AS int) WITH INOUT AS ASSIGNMENT;
CREATE COLLATION private.bytes (LOCALE = 'C');

CREATE TABLE private.audit (id int, note text);
INSERT INTO private.audit SELECT i, 'n' FROM generate_series(1, 3) i;
CREATE FUNCTION private.note() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO private.audit VALUES (1, TG_OP); RETURN NULL; END $$;
CREATE TRIGGER note AFTER INSERT ON secrets FOR EACH ROW EXECUTE FUNCTION private.note();
CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON secrets DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION private.note();
ALTER TABLE secrets DISABLE TRIGGER note;
CREATE RULE no_updates AS ON UPDATE TO private.audit DO INSTEAD NOTHING;
CREATE FUNCTION private.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION private.watch();
CREATE STATISTICS private.both (dependencies) ON id, note FROM private.audit;
CREATE PUBLICATION everything FOR ALL TABLES;
CREATE SEQUENCE private.numbers START 100 OWNED BY private.audit.id;
SELECT setval('private.numbers', 4711);

-- Two views that refer to each other: pg_dump first creates one of them empty, and fills it later with a rule.
CREATE VIEW first AS SELECT 1 AS a;
CREATE VIEW second AS SELECT a FROM first;
CREATE OR REPLACE VIEW first AS SELECT 2 AS a;
CREATE TABLE keyed (id int PRIMARY KEY, name text);
CREATE VIEW grouped AS SELECT id, name, count(*) FROM keyed GROUP BY id;
