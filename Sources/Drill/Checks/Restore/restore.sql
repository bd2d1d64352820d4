-- Every object of the database that a dump's table of contents would name, with the names that the dump uses.
-- `has_acl`: privileges other than the built-in ones were granted on the object.
SELECT CASE c.relkind WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'TABLE' WHEN 'v' THEN 'VIEW'
                      WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE'
                      WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' END AS kind,
       -- Cast to text first: a union of name and text has the type name, which would cut off `table constraint`.
       n.nspname::text AS schema, c.relname::text AS name, pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
       c.relacl IS NOT NULL AS has_acl
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'i', 'I')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL
-- A dump calls a foreign key FK CONSTRAINT, a CHECK that it adds later CHECK CONSTRAINT, and all others CONSTRAINT.
SELECT CASE k.contype WHEN 'f' THEN 'FK CONSTRAINT' WHEN 'c' THEN 'CHECK CONSTRAINT' ELSE 'CONSTRAINT' END,
       n.nspname, c.relname || ' ' || k.conname, pg_catalog.pg_get_userbyid(c.relowner), false
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION ALL
SELECT CASE k.contype WHEN 'c' THEN 'CHECK CONSTRAINT' ELSE 'CONSTRAINT' END,
       n.nspname, t.typname || ' ' || k.conname, pg_catalog.pg_get_userbyid(t.typowner), false
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_type t ON t.oid = k.contypid
     JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
UNION ALL
SELECT 'TRIGGER', n.nspname, c.relname || ' ' || t.tgname, pg_catalog.pg_get_userbyid(c.relowner), false
FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal
UNION ALL
SELECT 'POLICY', n.nspname, c.relname || ' ' || p.polname, pg_catalog.pg_get_userbyid(c.relowner), false
FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION ALL
SELECT 'RULE', n.nspname, c.relname || ' ' || r.rulename, pg_catalog.pg_get_userbyid(c.relowner), false
FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
UNION ALL
-- Routines with the types of their arguments; an aggregate without arguments has a star.
SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END,
       n.nspname,
       p.proname || '('
           || CASE WHEN p.prokind = 'a' AND p.pronargs = 0 THEN '*' ELSE (
                  SELECT coalesce(pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.position), '')
                  FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY a (type, position)) END
           || ')',
       pg_catalog.pg_get_userbyid(p.proowner), p.proacl IS NOT NULL
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
UNION ALL
-- For a server before 14, a dump leaves a procedure's OUT arguments out of its name.
SELECT 'PROCEDURE', n.nspname,
       p.proname || '('
           || (SELECT coalesce(pg_catalog.string_agg(pg_catalog.format_type(a.type, NULL), ', ' ORDER BY a.position), '')
               FROM unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY a (type, mode, position)
               WHERE a.mode <> 'o')
           || ')',
       pg_catalog.pg_get_userbyid(p.proowner), p.proacl IS NOT NULL
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind = 'p' AND p.proargmodes IS NOT NULL
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
UNION ALL
SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
       n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner), t.typacl IS NOT NULL
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL
SELECT 'SCHEMA', NULL, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), n.nspacl IS NOT NULL
FROM pg_catalog.pg_namespace n
UNION ALL
SELECT 'EXTENSION', NULL, e.extname, pg_catalog.pg_get_userbyid(e.extowner), false FROM pg_catalog.pg_extension e
UNION ALL
SELECT 'EVENT TRIGGER', NULL, e.evtname, pg_catalog.pg_get_userbyid(e.evtowner), false
FROM pg_catalog.pg_event_trigger e
