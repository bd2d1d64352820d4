-- Indexes of one table that differ only in their names and in whether they are unique: one of them is enough.
SELECT n.nspname AS schema,
       c.relname AS table,
       pg_catalog.array_agg(x.relname ORDER BY i.indisprimary DESC, i.indisunique DESC, x.relname) AS indexes
FROM pg_catalog.pg_index i
     JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
     JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm')
  AND NOT x.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
GROUP BY n.nspname, c.relname, i.indrelid, x.relam, i.indnkeyatts, i.indkey::text, i.indclass::text, i.indcollation::text,
         i.indoption::text, pg_catalog.pg_get_expr(i.indexprs, i.indrelid), pg_catalog.pg_get_expr(i.indpred, i.indrelid)
HAVING count(*) > 1
ORDER BY 1, 2, 3
