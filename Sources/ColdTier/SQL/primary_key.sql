-- The columns of a table's primary key, in the order of the key. $1 is the table's oid.
SELECT a.attname AS name
FROM pg_catalog.pg_constraint c
    CROSS JOIN LATERAL pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (number, position)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
WHERE c.conrelid = $1::int8::pg_catalog.oid AND c.contype = 'p'
ORDER BY k.position
