-- The table to export: its kind, and whether it can be read. $1 is its quoted name.
SELECT c.oid::int8 AS oid, c.relkind::text AS kind, c.relpersistence::text AS persistence,
    pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_catalog.pg_class c
WHERE c.oid = pg_catalog.to_regclass($1)
