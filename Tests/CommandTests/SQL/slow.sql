-- Restoring this takes an hour, but dumping it is fast: `at_source` is left out of the dump.
CREATE TABLE at_source ();
CREATE FUNCTION wait_unless_at_source() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('public.at_source') IS NULL THEN PERFORM pg_sleep(3600); END IF;
    RETURN 1;
END
$$;
CREATE TABLE rows AS SELECT i FROM generate_series(1, 100) i;
CREATE MATERIALIZED VIEW waits AS SELECT wait_unless_at_source() AS answer;

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'slow_owner') THEN CREATE ROLE slow_owner; END IF;
END $$;
ALTER TABLE rows OWNER TO slow_owner;
