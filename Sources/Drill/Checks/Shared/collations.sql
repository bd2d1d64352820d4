-- Every collation that an index or the bounds of partitions depend on: the version that it had when they were made, and
-- the version of this machine's library. The former is null for the database's own collation (pg_database has it) and
-- for collations that never change.
SELECT l.oid::int8 AS oid,
       n.nspname AS schema,
       l.collname AS name,
       l.collversion AS recorded,
       CASE WHEN l.collversion IS NOT NULL THEN pg_catalog.pg_collation_actual_version(l.oid) END AS actual,
       pg_catalog.array_agg(DISTINCT d.relation::int8) AS oids,
       pg_catalog.array_agg(DISTINCT d.name ORDER BY d.name) AS names
FROM (
         SELECT u.ordering, x.oid AS relation, pg_catalog.format('%s.%s', xn.nspname, x.relname) AS name
         FROM pg_catalog.pg_index i
              JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid AND x.relkind = 'i'
              JOIN pg_catalog.pg_namespace xn ON xn.oid = x.relnamespace
              CROSS JOIN LATERAL unnest(i.indcollation::pg_catalog.oid[]) AS u (ordering)
         UNION ALL
         SELECT u.ordering, c.oid, pg_catalog.format('partitions of %s.%s', cn.nspname, c.relname)
         FROM pg_catalog.pg_partitioned_table p
              JOIN pg_catalog.pg_class c ON c.oid = p.partrelid
              JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
              CROSS JOIN LATERAL unnest(p.partcollation::pg_catalog.oid[]) AS u (ordering)
         WHERE p.partstrat = 'r'
     ) d
     JOIN pg_catalog.pg_collation l ON l.oid = d.ordering
     JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
WHERE d.name NOT LIKE 'pg\_catalog.%' AND d.name NOT LIKE 'pg\_toast.%' AND d.name NOT LIKE 'information\_schema.%'
GROUP BY l.oid, n.nspname, l.collname, l.collversion
ORDER BY n.nspname, l.collname
