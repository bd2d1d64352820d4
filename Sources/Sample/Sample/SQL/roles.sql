-- The roles of the AVA OLO sample. They belong to the server, not to the database, so a dump names them but does not
-- contain them. This script can be run again.

DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['ava_owner', 'ava_app', 'ava_readonly'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END
$$;
