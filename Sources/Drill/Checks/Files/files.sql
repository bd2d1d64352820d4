-- Every relation of this database that has a file of its own, and for each table the smallest B-tree index that leads to all
-- of its rows.
SELECT c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name,
       c.relkind IN ('r', 'm', 't') AND m.amname = 'heap' AS is_table,
       pg_catalog.pg_relation_filepath(c.oid) AS path, c.relpages::int8 AS pages,
       pg_catalog.pg_relation_filepath(i.oid) AS index_path, i.relname::text AS index_name
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
     LEFT JOIN LATERAL (
         SELECT x.oid, x.relname FROM pg_catalog.pg_index d
              JOIN pg_catalog.pg_class x ON x.oid = d.indexrelid
              JOIN pg_catalog.pg_am a ON a.oid = x.relam
         WHERE d.indrelid = c.oid AND a.amname = 'btree' AND d.indisvalid AND d.indisready AND d.indpred IS NULL
         ORDER BY d.indnatts, x.relpages, x.oid LIMIT 1
     ) i ON true
-- Temporary tables have no rows for anyone else, and unlogged ones are emptied by a recovery.
WHERE c.relkind IN ('r', 'm', 't', 'i', 'S') AND c.relpersistence = 'p'
  AND pg_catalog.pg_relation_filepath(c.oid) IS NOT NULL
ORDER BY c.oid
