-- Constraints that the source itself does not guarantee (NOT VALID or NOT ENFORCED), if no other query asks about their
-- rows: NOT NULL (from PostgreSQL 18 on a separate constraint), those of domains and of foreign tables.
SELECT n.nspname AS schema,
       coalesce(c.relname, t.typname) AS of,
       k.conname AS name
FROM pg_catalog.pg_constraint k
     LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
     LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid
     JOIN pg_catalog.pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace)
WHERE (NOT k.convalidated OR NOT coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::bool, true))
  AND k.contype <> 'f'
  AND NOT (k.contype = 'c' AND coalesce(c.relkind IN ('r', 'p'), false))
  AND k.coninhcount = 0
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2, 3
