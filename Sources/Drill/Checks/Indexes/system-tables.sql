-- The system tables of this database and those that all databases share, their out-of-line (TOAST) tables, and their
-- B-tree indexes. The tables come first.
SELECT c.oid::int8 AS oid,
       pg_catalog.format('%s.%s', n.nspname, c.relname) AS name,
       c.relkind = 'i' AS is_index
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE c.oid < 16384
  AND n.nspname IN ('pg_catalog', 'pg_toast')
  AND (c.relkind IN ('r', 't') OR c.relkind = 'i' AND m.amname = 'btree')
ORDER BY c.relkind = 'i', n.nspname, c.relname
