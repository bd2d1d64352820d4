-- The relations that hold a table's rows: the table itself, its partitions, and the tables that inherit from it.
-- `lower` and `upper` are the bounds of a partition, if it is partitioned by range of only the time column ($2). $1 is
-- the table's oid.
WITH RECURSIVE tree AS (
    SELECT $1::int8::pg_catalog.oid AS oid
    UNION
    SELECT i.inhrelid FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid
)
SELECT c.oid::int8 AS oid, c.relkind::text AS kind, n.nspname AS schema, c.relname AS name,
    pg_catalog.pg_table_size(c.oid)::int8 AS bytes,
    pg_catalog.pg_relation_size(c.oid)::int8 AS heap_bytes,
    (pg_catalog.regexp_match(b.bound, '^FOR VALUES FROM \(''([^'']*)''\) TO \(''([^'']*)''\)$'))[1] AS lower,
    (pg_catalog.regexp_match(b.bound, '^FOR VALUES FROM \(''([^'']*)''\) TO \(''([^'']*)''\)$'))[2] AS upper
FROM tree
    JOIN pg_catalog.pg_class c ON c.oid = tree.oid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN LATERAL (
        SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound
        FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = i.inhparent
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.inhparent AND a.attnum = p.partattrs[0]
        WHERE i.inhrelid = c.oid AND p.partstrat = 'r' AND p.partnatts = 1 AND a.attname = $2
    ) b ON true
WHERE c.relkind <> 'p'
ORDER BY n.nspname, c.relname
