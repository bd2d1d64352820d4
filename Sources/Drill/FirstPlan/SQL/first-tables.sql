-- Every table that people made, with the columns that a first plan may speak of. A partition counts for its table.
SELECT
    namespace.nspname::text AS schema,
    class.relname::text AS name,
    class.relkind = 'p' AS is_partitioned,
    coalesce((
        SELECT sum(greatest(leaf.reltuples, 0))::bigint
        FROM pg_catalog.pg_partition_tree(class.oid) AS tree
        JOIN pg_catalog.pg_class AS leaf ON leaf.oid = tree.relid
        WHERE tree.isleaf), greatest(class.reltuples, 0)::bigint, 0) AS rows,
    ARRAY(
        SELECT attname::text FROM pg_catalog.pg_attribute
        WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped
            AND atttypid IN ('pg_catalog.timestamp'::pg_catalog.regtype, 'pg_catalog.timestamptz'::pg_catalog.regtype)
        ORDER BY attnum) AS times,
    ARRAY(
        SELECT attname::text FROM pg_catalog.pg_attribute
        WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped AND atttypid = 'pg_catalog.jsonb'::pg_catalog.regtype
        ORDER BY attnum) AS documents,
    CASE WHEN class.relrowsecurity THEN CASE WHEN class.relforcerowsecurity THEN 'forced' ELSE 'enabled' END END AS row_security,
    ARRAY(
        SELECT polname::text FROM pg_catalog.pg_policy WHERE polrelid = class.oid ORDER BY 1) AS policies,
    (SELECT attname::text FROM pg_catalog.pg_attribute
        WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped AND attname = 'version'
            AND atttypid IN ('pg_catalog.int4'::pg_catalog.regtype, 'pg_catalog.int8'::pg_catalog.regtype)
            AND class.relname ~ '(schema|migration)') AS version
FROM pg_catalog.pg_class AS class
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'p') AND NOT class.relispartition AND class.relpersistence = 'p'
    AND namespace.nspname NOT IN ('pg_catalog', 'information_schema') AND namespace.nspname !~ '^pg_(toast|temp)'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend
        WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objid = class.oid AND deptype = 'e')
ORDER BY 1, 2
