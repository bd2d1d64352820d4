-- Rows that name a role, as extensions that run jobs keep their owners. No dump of one database has the role.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'runs_jobs') THEN CREATE ROLE runs_jobs; END IF;
END $$;
CREATE TABLE jobs (id int PRIMARY KEY, command text NOT NULL, owner regrole NOT NULL);
INSERT INTO jobs SELECT i, 'command ' || i, 'runs_jobs'::regrole FROM generate_series(1, 50) i;
CREATE TABLE others (id int PRIMARY KEY);
INSERT INTO others SELECT generate_series(1, 10);
