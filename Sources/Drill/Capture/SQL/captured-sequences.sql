-- Every sequence of the database that is no extension's, and whether it can be read.
SELECT n.nspname::text AS schema,
       c.relname::text AS name,
       pg_catalog.has_sequence_privilege(c.oid, 'SELECT') AS is_readable
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S'
  AND c.relpersistence <> 't'
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
