-- Every index of tables and materialized views. Sizes are roughly those at its creation, because reading the real size
-- waits for a session that alters the table.
SELECT i.indexrelid::int8 AS oid,
       n.nspname AS schema, x.relname AS name,
       tn.nspname AS table_schema, c.relname AS table,
       m.amname AS access_method,
       x.relkind = 'I' AS is_partitioned,
       i.indisvalid AND i.indisready AND i.indislive AS is_valid,
       (x.relpages::int8 + c.relpages) * pg_catalog.current_setting('block_size')::int8 AS bytes,
       i.indisunique AND NOT i.indisexclusion AND m.amname = 'btree' AS is_unique,
       coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::bool, false) AS nulls_not_distinct,
       k.columns AS keys,
       k.as_types_compare,
       CASE WHEN i.indisunique THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END AS predicate
FROM pg_catalog.pg_index i
     JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace
     JOIN pg_catalog.pg_am m ON m.oid = x.relam
     JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
     JOIN pg_catalog.pg_namespace tn ON tn.oid = c.relnamespace
     -- The key of a unique index, as expressions to group by. Values of PostgreSQL's own types with a deterministic
     -- collation are equal if their bytes are equal, and "C" compares bytes faster.
     CROSS JOIN LATERAL (
         SELECT pg_catalog.array_agg(
                    CASE i.indkey[p] WHEN 0
                         THEN '(' || pg_catalog.pg_get_indexdef(i.indexrelid, p + 1, true) || ')'
                         ELSE pg_catalog.quote_ident(a.attname) END
                    || CASE WHEN l.oid IS NULL THEN ''
                            WHEN l.collisdeterministic AND o.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace
                            THEN ' COLLATE pg_catalog."C"'
                            ELSE pg_catalog.format(' COLLATE %I.%I', ln.nspname, l.collname) END
                    ORDER BY p) AS columns,
                -- Whether values that the index treats as equal are also equal to GROUP BY: an operator class may
                -- differ.
                pg_catalog.bool_and(
                    o.opcdefault
                    OR o.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace AND o.opcname LIKE '%\_pattern\_ops'
                ) AS as_types_compare
         FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) p
              LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p]
              LEFT JOIN pg_catalog.pg_collation l ON l.oid = i.indcollation[p]
              LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
              JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[p]
         WHERE i.indisunique
     ) k
WHERE c.relkind IN ('r', 'p', 'm')
  AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY n.nspname, x.relname
