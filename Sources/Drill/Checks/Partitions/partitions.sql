-- Every partitioned table with each of its partitions; a table without partitions gives one row with nulls. For each
-- column of its key: `types`, empty if a value cannot be written in SQL; the operators of the key's own order, empty if
-- there are none; and ` COLLATE` with a name, or an empty text. Types have no length: `character` alone would mean one
-- letter.
WITH key AS (
    SELECT p.partrelid,
           pg_catalog.array_agg(CASE WHEN y.typtype = 'p' THEN '' ELSE pg_catalog.format_type(y.oid, -1) END
                                ORDER BY u.position) AS types,
           pg_catalog.array_agg(coalesce('OPERATOR(' || pg_catalog.quote_ident(ln.nspname) || '.' || lo.oprname || ')', '')
                                ORDER BY u.position) AS less,
           pg_catalog.array_agg(coalesce('OPERATOR(' || pg_catalog.quote_ident(en.nspname) || '.' || eo.oprname || ')', '')
                                ORDER BY u.position) AS equal,
           pg_catalog.array_agg(coalesce(' COLLATE ' || pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(l.collname), '')
                                ORDER BY u.position) AS collations
    FROM pg_catalog.pg_partitioned_table p
         CROSS JOIN LATERAL unnest(p.partattrs::int2[], p.partclass::pg_catalog.oid[], p.partcollation::pg_catalog.oid[])
             WITH ORDINALITY u (attnum, class, locale, position)
         JOIN pg_catalog.pg_opclass k ON k.oid = u.class
         LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = u.attnum AND u.attnum <> 0
         JOIN pg_catalog.pg_type y ON y.oid = coalesce(a.atttypid, k.opcintype)
         JOIN pg_catalog.pg_am m ON m.oid = k.opcmethod
         -- The strategies of a B-tree (documentation, 36.16.2): 1 is less than, 3 is equal.
         LEFT JOIN pg_catalog.pg_amop lm
             ON lm.amopfamily = k.opcfamily AND lm.amoplefttype = k.opcintype AND lm.amoprighttype = k.opcintype
             AND lm.amopstrategy = 1 AND m.amname = 'btree'
         LEFT JOIN pg_catalog.pg_operator lo ON lo.oid = lm.amopopr
         LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = lo.oprnamespace
         LEFT JOIN pg_catalog.pg_amop em
             ON em.amopfamily = k.opcfamily AND em.amoplefttype = k.opcintype AND em.amoprighttype = k.opcintype
             AND em.amopstrategy = 3 AND m.amname = 'btree'
         LEFT JOIN pg_catalog.pg_operator eo ON eo.oid = em.amopopr
         LEFT JOIN pg_catalog.pg_namespace en ON en.oid = eo.oprnamespace
         LEFT JOIN pg_catalog.pg_collation l ON l.oid = u.locale
         LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = l.collnamespace
    GROUP BY p.partrelid
)
SELECT p.partrelid::int8 AS table, n.nspname AS schema, c.relname AS name, p.partstrat AS strategy,
       k.types, k.less, k.equal, k.collations,
       dn.nspname AS partition_schema, d.relname AS partition,
       pg_catalog.pg_get_expr(d.relpartbound, d.oid) AS bound,
       d.oid = p.partdefid AS is_default
FROM pg_catalog.pg_partitioned_table p
     JOIN key k ON k.partrelid = p.partrelid
     JOIN pg_catalog.pg_class c ON c.oid = p.partrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_inherits i
         ON i.inhparent = p.partrelid
         AND NOT coalesce((pg_catalog.to_jsonb(i) ->> 'inhdetachpending')::bool, false)
     LEFT JOIN pg_catalog.pg_class d ON d.oid = i.inhrelid
     LEFT JOIN pg_catalog.pg_namespace dn ON dn.oid = d.relnamespace
WHERE c.relpersistence <> 't'
ORDER BY n.nspname, c.relname, dn.nspname, d.relname
