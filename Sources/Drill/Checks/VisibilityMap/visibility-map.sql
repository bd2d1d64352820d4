-- Every relation with a visibility map: tables and materialized views with PostgreSQL's own storage (heap), each with
-- its out-of-line (TOAST) table.
SELECT c.oid::int8 AS oid,
       n.nspname AS schema,
       c.relname AS name,
       c.reltoastrelid::int8 AS toast
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'heap'
WHERE c.relkind IN ('r', 'm')
  AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY n.nspname, c.relname
