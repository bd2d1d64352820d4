-- Every foreign key, once: the copies that partitioning makes on partitions are left out.
-- `operators` compare the referenced column with the referring column, as the constraint itself does; `referenced_casts` and `casts`
-- bring the two to the types that the operator takes (ri_GenerateQual in ri_triggers.c). Without them, = of a char(n) with a text
-- would be that of texts.
SELECT k.conname AS name,
       n.nspname AS schema, c.relname AS table,
       fn.nspname AS referenced_schema, f.relname AS referenced_table,
       k.confmatchtype = 'f' AS match_full,
       k.convalidated AS validated,
       coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::bool, true) AS enforced,
       coalesce((pg_catalog.to_jsonb(k) ->> 'conperiod')::bool, false) AS has_period,
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY u.position)
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u (attnum, position)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum) AS columns,
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY u.position)
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u (attnum, position)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum) AS referenced_columns,
       (SELECT pg_catalog.array_agg(pg_catalog.format('OPERATOR(%I.%s)', m.nspname, o.oprname) ORDER BY u.position)
        FROM pg_catalog.unnest(k.conpfeqop) WITH ORDINALITY u (operator, position)
             JOIN pg_catalog.pg_operator o ON o.oid = u.operator
             JOIN pg_catalog.pg_namespace m ON m.oid = o.oprnamespace) AS operators,
       (SELECT pg_catalog.array_agg(
                   CASE WHEN fa.atttypid <> o.oprleft AND t.typtype <> 'p'
                        THEN pg_catalog.format('::%I.%I', m.nspname, t.typname) ELSE '' END
                   ORDER BY u.position)
        FROM unnest(k.confkey, k.conpfeqop) WITH ORDINALITY u (attnum, operator, position)
             JOIN pg_catalog.pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = u.attnum
             JOIN pg_catalog.pg_operator o ON o.oid = u.operator
             JOIN pg_catalog.pg_type t ON t.oid = o.oprleft
             JOIN pg_catalog.pg_namespace m ON m.oid = t.typnamespace) AS referenced_casts,
       (SELECT pg_catalog.array_agg(
                   CASE WHEN a.atttypid <> o.oprright AND t.typtype <> 'p'
                        THEN pg_catalog.format('::%I.%I', m.nspname, t.typname) ELSE '' END
                   ORDER BY u.position)
        FROM unnest(k.conkey, k.conpfeqop) WITH ORDINALITY u (attnum, operator, position)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
             JOIN pg_catalog.pg_operator o ON o.oid = u.operator
             JOIN pg_catalog.pg_type t ON t.oid = o.oprright
             JOIN pg_catalog.pg_namespace m ON m.oid = t.typnamespace) AS casts,
       -- Two columns with different collations can only be compared if the query names one of the collations.
       (SELECT pg_catalog.array_agg(
                   CASE WHEN fa.attcollation <> a.attcollation AND fa.attcollation <> 0
                        THEN pg_catalog.format(' COLLATE %I.%I', ln.nspname, l.collname) ELSE '' END
                   ORDER BY u.position)
        FROM unnest(k.conkey, k.confkey) WITH ORDINALITY u (attnum, refnum, position)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
             JOIN pg_catalog.pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = u.refnum
             LEFT JOIN pg_catalog.pg_collation l ON l.oid = fa.attcollation
             LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace) AS collations
FROM pg_catalog.pg_constraint k
     JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_catalog.pg_class f ON f.oid = k.confrelid
     JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY n.nspname, c.relname, k.conname
