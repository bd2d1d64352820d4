-- The indexes that the application uses most. Those of partitions go with the index of their table.
SELECT namespace.nspname::text AS schema, class.relname::text AS name
FROM pg_catalog.pg_stat_user_indexes AS usage
JOIN pg_catalog.pg_class AS class ON class.oid = usage.indexrelid
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE usage.idx_scan >= 1000 AND NOT class.relispartition
ORDER BY usage.idx_scan DESC
LIMIT 15
