-- Every collation that a column or an index uses and that has a version: the one that it was made with, and the one of
-- this machine's library.
SELECT n.nspname AS schema,
       l.collname AS name,
       l.collversion AS recorded,
       pg_catalog.pg_collation_actual_version(l.oid) AS actual
FROM pg_catalog.pg_collation l
     JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
WHERE l.collversion IS NOT NULL
  AND l.oid IN (
      SELECT a.attcollation
      FROM pg_catalog.pg_attribute a
           JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
           JOIN pg_catalog.pg_namespace m ON m.oid = c.relnamespace
      WHERE m.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast'))
ORDER BY n.nspname, l.collname
