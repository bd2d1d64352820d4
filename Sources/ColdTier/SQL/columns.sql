-- The columns of a table, in their order. A domain counts as its base type. $1 is the table's oid.
WITH RECURSIVE base AS (
    SELECT a.attnum, a.atttypid AS type
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = $1::int8::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT b.attnum, t.typbasetype
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type
    WHERE t.typtype = 'd'
),
-- What the values are: below domains, and below arrays, each of which is a pair of brackets at the end. An array whose
-- elements are separated by something else than commas is text.
value AS (
    SELECT a.attnum, a.atttypid AS type, a.atttypmod AS modifier, '' AS brackets, false AS is_odd
    FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = $1::int8::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT v.attnum, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END,
        CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE v.modifier END,
        CASE WHEN t.typtype = 'd' THEN v.brackets ELSE v.brackets || '[]' END,
        v.is_odd OR t.typtype <> 'd' AND t.typdelim <> ','
    FROM value v JOIN pg_catalog.pg_type t ON t.oid = v.type
    WHERE t.typtype = 'd' OR t.oid IN (SELECT e.typarray FROM pg_catalog.pg_type e WHERE e.oid = t.typelem)
)
SELECT a.attname AS name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
    pg_catalog.format_type(b.type, NULL) AS base_type,
    CASE WHEN v.is_odd THEN 'text'
        WHEN vt.typtype = 'e' THEN 'enum' || v.brackets
        ELSE pg_catalog.format_type(v.type, v.modifier) || v.brackets END AS value_type,
    a.attnotnull AS not_null,
    a.attidentity::text AS identity,
    a.attgenerated::text AS generated,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
FROM pg_catalog.pg_attribute a
    JOIN base b ON b.attnum = a.attnum
    JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
    JOIN value v ON v.attnum = a.attnum
    JOIN pg_catalog.pg_type vt ON vt.oid = v.type AND vt.typtype <> 'd'
        AND vt.oid NOT IN (SELECT e.typarray FROM pg_catalog.pg_type e WHERE e.oid = vt.typelem)
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> ''
WHERE a.attrelid = $1::int8::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
