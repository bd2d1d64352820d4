-- Every ordinary table of the database with what the checks need to know about it; also partitioned tables, which hold
-- no rows themselves. `ancestors` are the partitioned tables above it, the nearest first.
SELECT c.oid::int8 AS oid,
       n.nspname AS schema,
       c.relname AS name,
       c.relkind = 'p' AS is_partitioned,
       ARRAY(SELECT a.relid::pg_catalog.oid::text
             FROM pg_catalog.pg_partition_ancestors(c.oid) WITH ORDINALITY a (relid, position)
             WHERE a.relid <> c.oid
             ORDER BY a.position) AS ancestors
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY n.nspname, c.relname
