-- Every relation of this database that has a file of its own. For each table, an index that leads to all of its rows, if there is
-- one the smallest B-tree; where there is none, all indexes that lead to some of them.
SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
       c.relkind IN ('r', 'm', 't') AND m.amname = 'heap' AS is_heap,
       m.amname::text AS method, m.oid < 16384 AS is_own_method, coalesce(x.indisvalid AND x.indisready, true) AS is_valid,
       pg_catalog.pg_relation_filepath(c.oid) AS path,
       -- Unlogged tables are emptied by a recovery, and the number that was noted is kept.
       CASE c.relpersistence WHEN 'p' THEN c.relpages ELSE 0 END::int8 AS pages,
       i.paths AS index_paths, i.names AS index_names, i.methods AS index_methods, coalesce(i.is_full, false) AS has_full_index
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
     LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
     LEFT JOIN LATERAL (
         SELECT pg_catalog.array_agg(w.path ORDER BY w.place) AS paths, pg_catalog.array_agg(w.name ORDER BY w.place) AS names,
                pg_catalog.array_agg(w.method ORDER BY w.place) AS methods, pg_catalog.bool_or(w.is_full) AS is_full
         FROM (
             SELECT pg_catalog.pg_relation_filepath(b.oid) AS path, b.relname::text AS name, a.amname::text AS method, f.is_full,
                    pg_catalog.row_number() OVER (
                        ORDER BY NOT f.is_full, a.amname <> 'btree', d.indnatts, b.relpages, b.oid) AS place,
                    pg_catalog.bool_or(f.is_full) OVER () AS some_are_full
             FROM pg_catalog.pg_index d
                  JOIN pg_catalog.pg_class b ON b.oid = d.indexrelid
                  JOIN pg_catalog.pg_am a ON a.oid = b.relam
                  -- A hash index has no entries for NULL.
                  CROSS JOIN LATERAL (SELECT d.indpred IS NULL AND a.amname <> 'hash' AS is_full) f
             WHERE d.indrelid = c.oid AND a.amname IN ('btree', 'gin', 'gist', 'hash', 'spgist') AND a.oid < 16384
               AND d.indisvalid AND d.indisready
         ) w
         WHERE w.place = 1 OR NOT w.some_are_full
     ) i ON true
-- Temporary tables have no rows for anyone else.
WHERE c.relkind IN ('r', 'm', 't', 'i', 'S') AND c.relpersistence <> 't'
  AND pg_catalog.pg_relation_filepath(c.oid) IS NOT NULL
ORDER BY c.oid
