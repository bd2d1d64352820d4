-- Names that no one should use, but that exist in real databases.
CREATE SCHEMA "we ""said"".so";
CREATE TABLE "we ""said"".so"."o'dd table
of two lines" ("a ""column"".with, all" int, "null" jsonb, "at
night" timestamptz,
    CONSTRAINT "the ""key""; DROP" PRIMARY KEY ("a ""column"".with, all"));
INSERT INTO "we ""said"".so"."o'dd table
of two lines" SELECT i, '{"a": 1}', now() FROM generate_series(1, 3) i;
CREATE INDEX "an index
of two lines" ON "we ""said"".so"."o'dd table
of two lines" ("at
night");

CREATE TABLE "naïve 🌾 табела" (id int PRIMARY KEY, "größe" numeric,
    CONSTRAINT "größe > 0" CHECK ("größe" > 0));
INSERT INTO "naïve 🌾 табела" SELECT i, i FROM generate_series(1, 4) i;

-- Key words, capitals, and names that begin like pg_dump's own words.
CREATE TABLE "SELECT" ("FROM" int REFERENCES "naïve 🌾 табела", "table" text, "--" text);
INSERT INTO "SELECT" SELECT 1 + i % 4, '\.', '-- PostgreSQL database dump complete' FROM generate_series(1, 5) i;
CREATE TABLE "Name: fields; Type: TABLE; Schema: public" (id int);
CREATE TABLE "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk" (
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk" int UNIQUE);
CREATE FUNCTION "f(x, y)"(a int, "b (c)" text) RETURNS int LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION "f(x, y)"(a text) RETURNS text LANGUAGE sql AS 'SELECT a';
CREATE TYPE "my type" AS ENUM ('a', 'b ''c''', E'd\ne');
CREATE VIEW "v i e w" AS SELECT * FROM "SELECT";
CREATE SEQUENCE "séquence";

-- Text that looks like the dump around it.
CREATE TABLE looks_like (line text);
INSERT INTO looks_like VALUES (E'\\.'), (E'\\connect template1'), (E'\\! touch /tmp/x'), ('COPY t FROM stdin;'),
    ('$$'), (''''), (E'a\tb\nc\\d\r'), (''), (NULL), ('\N');
CREATE FUNCTION looks_like_too() RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
    -- \! not a command of psql's
    RETURN $$
\connect nowhere
\.
$$;
END
$body$;
COMMENT ON TABLE looks_like IS E'a comment\n\\! of two lines; with ''quotes''';
