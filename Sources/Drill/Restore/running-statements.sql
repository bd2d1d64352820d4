-- What other sessions of this database run now, the longest first: statement (its beginning), name (the table that a view of
-- progress names), rows (that a COPY has loaded), phase and percent (of an index build), seconds. Of an index build, blocks
-- are counted while the table is read, and tuples afterwards. The checks that go on meanwhile are not among them.
SELECT pg_catalog.left(pg_catalog.regexp_replace(a.query, '\s+', ' ', 'g'), 60) AS statement,
    n.nspname || '.' || c.relname AS name, p.tuples_processed AS rows, i.phase,
    CASE WHEN i.tuples_total > 0 THEN 100 * i.tuples_done / i.tuples_total
         WHEN i.blocks_total > 0 THEN 100 * i.blocks_done / i.blocks_total END AS percent,
    extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start)::float8 AS seconds
FROM pg_catalog.pg_stat_activity a
     LEFT JOIN pg_catalog.pg_stat_progress_copy p ON p.pid = a.pid
     LEFT JOIN pg_catalog.pg_stat_progress_create_index i ON i.pid = a.pid
     LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(p.relid, i.relid)
     LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
    AND a.backend_type = 'client backend' AND a.state = 'active' AND a.application_name <> 'pgassay checks'
ORDER BY a.query_start
LIMIT 4
