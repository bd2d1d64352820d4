-- The user-defined types that a table's columns use (enumerations, domains, composites, ranges, and arrays of these),
-- with the SQL that creates them. A type comes before the types that use it. $1 is the table's oid.
WITH RECURSIVE used AS (
    SELECT a.atttypid AS type, 0 AS depth
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = $1::int8::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT n.type, u.depth + 1
    FROM used u
        JOIN pg_catalog.pg_type t ON t.oid = u.type
        CROSS JOIN LATERAL (
            VALUES (t.typelem), (t.typbasetype)
            UNION ALL
            SELECT a.atttypid FROM pg_catalog.pg_attribute a
            WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid
        ) AS n (type)
    WHERE n.type <> 0 AND u.depth < 32
)
SELECT pg_catalog.format_type(t.oid, NULL) AS name,
    CASE t.typtype
        WHEN 'e' THEN 'CREATE TYPE ' || pg_catalog.format_type(t.oid, NULL) || ' AS ENUM ('
            || (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
                FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid) || ')'
        WHEN 'c' THEN 'CREATE TYPE ' || pg_catalog.format_type(t.oid, NULL) || ' AS ('
            || coalesce((SELECT pg_catalog.string_agg(
                    pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod), ', '
                    ORDER BY a.attnum)
                FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '') || ')'
        WHEN 'r' THEN 'CREATE TYPE ' || pg_catalog.format_type(t.oid, NULL) || ' AS RANGE (SUBTYPE = '
            || (SELECT pg_catalog.format_type(r.rngsubtype, NULL) FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid) || ')'
        ELSE 'CREATE DOMAIN ' || pg_catalog.format_type(t.oid, NULL) || ' AS '
            || pg_catalog.format_type(t.typbasetype, t.typtypmod)
    END AS definition
FROM (SELECT type, pg_catalog.max(depth) AS depth FROM used GROUP BY type) u
    JOIN pg_catalog.pg_type t ON t.oid = u.type
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype IN ('e', 'd', 'c', 'r') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    -- CREATE EXTENSION creates the types of an extension.
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')
ORDER BY u.depth DESC, name
