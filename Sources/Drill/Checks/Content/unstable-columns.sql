-- The columns of all tables whose values another server, or another session, may print in another form: money, times with a
-- time zone, floats (is_float; only those of a source before PostgreSQL 12), and types that are not PostgreSQL's own. And those
-- whose form depends on one setting alone, which pg_dump leaves as the source has it, or sets as its options ask (setting).
-- Domains, arrays, ranges and composite types count as what they are made of; is_time says that the whole column is a
-- time with a time zone.
WITH RECURSIVE part (table_oid, name, type, is_whole) AS (
    SELECT a.attrelid, a.attname, a.atttypid, true
    FROM pg_catalog.pg_attribute a
         JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND a.attnum > 0
      AND NOT a.attisdropped
      AND a.attgenerated = ''
    UNION
    SELECT p.table_oid, p.name, x.type, false
    FROM part p
         JOIN pg_catalog.pg_type t ON t.oid = p.type
         CROSS JOIN LATERAL (
             SELECT t.typelem WHERE t.typcategory = 'A'
             UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
             UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
             UNION ALL SELECT a.atttypid
                       FROM pg_catalog.pg_attribute a
                       WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
         ) AS x (type)
)
SELECT DISTINCT p.table_oid::int8 AS table,
       p.name,
       pg_catalog.format_type(p.type, NULL) AS type,
       p.is_whole AND p.type = 'timestamptz'::pg_catalog.regtype AS is_time,
       p.type IN ('float4'::pg_catalog.regtype, 'float8'::pg_catalog.regtype) AS is_float,
       CASE
           WHEN p.type = 'bytea'::pg_catalog.regtype THEN 'bytea_output'
           WHEN t.typname LIKE 'reg%' AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN 'quote_all_identifiers'
       END AS setting
FROM part p
     JOIN pg_catalog.pg_type t ON t.oid = p.type
WHERE p.type IN (
          'money'::pg_catalog.regtype, 'timestamptz'::pg_catalog.regtype, 'float4'::pg_catalog.regtype,
          'float8'::pg_catalog.regtype, 'bytea'::pg_catalog.regtype)
   OR t.typname LIKE 'reg%' AND t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
   OR t.typtype = 'b' AND t.typcategory <> 'A' AND t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
ORDER BY 1, 2, 3
