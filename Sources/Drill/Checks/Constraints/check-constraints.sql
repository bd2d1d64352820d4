-- Every CHECK constraint of tables, once for each table whose rows it applies to: the table where it was defined, and
-- the partitions and inheriting tables that have a copy with the same name. The expressions are read by another query,
-- because reading them waits for a session that alters the table.
WITH RECURSIVE held AS (
    SELECT k.oid AS origin, k.oid, k.conrelid, k.conname, k.connoinherit
    FROM pg_catalog.pg_constraint k
    WHERE k.contype = 'c' AND k.conrelid <> 0 AND k.coninhcount = 0
    UNION
    SELECT h.origin, k.oid, k.conrelid, k.conname, k.connoinherit
    FROM held h
         JOIN pg_catalog.pg_inherits i ON i.inhparent = h.conrelid
         JOIN pg_catalog.pg_constraint k
             ON k.conrelid = i.inhrelid AND k.conname = h.conname AND k.contype = 'c' AND k.coninhcount > 0
    WHERE NOT h.connoinherit
)
SELECT h.oid::int8 AS oid,
       h.conrelid::int8 AS table,
       n.nspname AS schema, c.relname AS origin, h.conname AS name,
       NOT k.convalidated OR NOT coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::bool, true) AS known_at_source
FROM held h
     JOIN pg_catalog.pg_constraint k ON k.oid = h.oid
     JOIN pg_catalog.pg_constraint o ON o.oid = h.origin
     JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY n.nspname, c.relname, h.conname, h.conrelid
