-- The columns of whole numbers that sequences belong to: by identity, by OWNED BY, or because the column's default uses
-- the sequence; `default` is that default. Sequences of extensions are left out, because an extension fills its own
-- tables. This query waits for no lock: it also runs while tables are being restored.
WITH RECURSIVE base AS (
    SELECT t.oid AS type, t.oid AS basetype FROM pg_catalog.pg_type t
    WHERE t.oid IN ('int2'::pg_catalog.regtype, 'int4'::pg_catalog.regtype, 'int8'::pg_catalog.regtype,
                    'numeric'::pg_catalog.regtype)
    UNION ALL
    SELECT d.oid, b.basetype FROM pg_catalog.pg_type d JOIN base b ON d.typbasetype = b.type WHERE d.typtype = 'd'
), tie AS (
    SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS attnum,
           d.deptype = 'i' AS is_identity, NULL::pg_catalog.oid AS attrdef
    FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refclassid = d.classid
      AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    UNION ALL
    SELECT d.refobjid, f.adrelid, f.adnum, false, f.oid
    FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
SELECT s.oid::int8 AS sequence, n.nspname AS schema, s.relname AS name,
       q.seqincrement AS increment, q.seqmin AS minimum, q.seqmax AS maximum, q.seqcycle AS cycles,
       a.attrelid::int8 AS table, a.attname AS column, pg_catalog.format_type(b.basetype, NULL) AS type,
       pg_catalog.bool_or(t.is_identity) AS is_identity,
       pg_catalog.max(t.attrdef)::int8 AS default,
       EXISTS (SELECT FROM pg_catalog.pg_index i
               WHERE i.indrelid = a.attrelid AND i.indisunique
                 AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
                 -- Alone, or with the columns of the partition key, which every unique index must contain.
                 AND NOT EXISTS (
                     SELECT FROM pg_catalog.unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) k (attnum)
                     WHERE k.attnum <> a.attnum
                       AND NOT EXISTS (SELECT FROM pg_catalog.pg_partitioned_table p
                                       WHERE p.partrelid = a.attrelid AND k.attnum = ANY (p.partattrs::int2[])))
              ) AS is_unique
FROM tie t
     JOIN pg_catalog.pg_sequence q ON q.seqrelid = t.sequence
     JOIN pg_catalog.pg_class s ON s.oid = t.sequence
     JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
     JOIN pg_catalog.pg_class c ON c.oid = t.relation
     JOIN pg_catalog.pg_attribute a ON a.attrelid = t.relation AND a.attnum = t.attnum
     JOIN base b ON b.type = a.atttypid
WHERE c.relkind IN ('r', 'p')
  AND s.relpersistence <> 't'
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                  WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = s.oid AND e.deptype = 'e')
GROUP BY s.oid, n.nspname, s.relname, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle, a.attrelid, a.attnum, a.attname,
         b.basetype
ORDER BY n.nspname, s.relname, a.attrelid, a.attnum
