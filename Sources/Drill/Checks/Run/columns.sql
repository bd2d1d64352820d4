-- The columns of those tables whose type a check may ask about: all types except the simplest. A domain counts as its
-- base type. What the flags mean:
--   is_indexed  the column is the first one of an index, so its newest value matters to an application
--   is_text     a string type, or an array of one, whose values are stored; the type "char" holds a byte, not text
--   is_stored   a value takes space in a row, and not every sequence of bytes is a value of the type
--   is_native   the code of the type is part of PostgreSQL
WITH RECURSIVE base AS (
    SELECT t.oid AS type, t.oid AS basetype FROM pg_catalog.pg_type t WHERE t.typtype <> 'd'
    UNION ALL
    SELECT d.oid, b.basetype FROM pg_catalog.pg_type d JOIN base b ON d.typbasetype = b.type WHERE d.typtype = 'd'
), text_type AS (
    SELECT b.type
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.basetype
    WHERE t.typcategory = 'S' AND t.typtype = 'b' AND t.oid <> '"char"'::pg_catalog.regtype
)
SELECT a.attrelid::int8 AS table,
       a.attname AS name,
       pg_catalog.format_type(b.basetype, NULL) AS type,
       EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum) AS is_indexed,
       x.is_text,
       a.attgenerated <> 'v' AS is_stored,
       e.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AND e.typtype <> 'c' AS is_native
FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN base b ON b.type = a.atttypid
     JOIN pg_catalog.pg_type t ON t.oid = b.basetype
     JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END
     CROSS JOIN LATERAL (
         SELECT a.attgenerated <> 'v'
                AND CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END IN (SELECT type FROM text_type)
     ) AS x (is_text)
WHERE c.relkind IN ('r', 'p')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND a.attnum > 0
  AND NOT a.attisdropped
  -- For these types, every sequence of bytes is a value.
  AND t.oid NOT IN (
      'bool'::pg_catalog.regtype, 'int2'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype,
      'float4'::pg_catalog.regtype, 'float8'::pg_catalog.regtype, 'oid'::pg_catalog.regtype,
      'uuid'::pg_catalog.regtype, 'money'::pg_catalog.regtype, '"char"'::pg_catalog.regtype)
ORDER BY a.attrelid, a.attnum
