-- Every table of the database that is no extension's, with what guards it. `grantees` and `privileges` belong together,
-- one of each for each privilege of a role other than the owner; so do `triggers` and `trigger_states`, `columns` and
-- `types`. `key` has the columns of the primary key, in its order. `estimate` is -1 where the server has none.
SELECT c.oid::int8 AS oid,
       n.nspname::text AS schema,
       c.relname::text AS name,
       c.relkind = 'p' AS is_partitioned,
       c.relispartition AS is_partition,
       c.relpersistence = 'u' AS is_unlogged,
       coalesce(m.amname = 'heap', false) AS is_heap,
       pg_catalog.pg_get_userbyid(c.relowner)::text AS owner,
       coalesce(pg_catalog.pg_relation_size(c.oid), 0)::int8 AS heap_bytes,
       coalesce(CASE c.reltoastrelid WHEN 0 THEN 0 ELSE pg_catalog.pg_relation_size(c.reltoastrelid) END, 0)::int8 AS toast_bytes,
       c.reltuples::int8 AS estimate,
       pg_catalog.has_table_privilege(c.oid, 'SELECT') AS is_readable,
       c.relrowsecurity AS row_security,
       c.relforcerowsecurity AS row_security_forced,
       ARRAY(SELECT p.polname::text FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid ORDER BY p.polname) AS policies,
       ARRAY(SELECT t.tgname::text FROM pg_catalog.pg_trigger t
             WHERE t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY t.tgname) AS triggers,
       ARRAY(SELECT t.tgenabled::text FROM pg_catalog.pg_trigger t
             WHERE t.tgrelid = c.oid AND NOT t.tgisinternal ORDER BY t.tgname) AS trigger_states,
       ARRAY(SELECT CASE g.grantee WHEN 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(g.grantee)::text END
             FROM pg_catalog.aclexplode(c.relacl) g
             WHERE g.grantee <> c.relowner ORDER BY g.grantee, g.privilege_type) AS grantees,
       ARRAY(SELECT g.privilege_type
             FROM pg_catalog.aclexplode(c.relacl) g
             WHERE g.grantee <> c.relowner ORDER BY g.grantee, g.privilege_type) AS privileges,
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
             ORDER BY a.attnum) AS columns,
       ARRAY(SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
             ORDER BY a.attnum) AS types,
       ARRAY(SELECT a.attname::text
             FROM pg_catalog.pg_constraint k
                  CROSS JOIN LATERAL pg_catalog.unnest(k.conkey) WITH ORDINALITY AS u (number, position)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number
             WHERE k.conrelid = c.oid AND k.contype = 'p'
             ORDER BY u.position) AS key
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE c.relkind IN ('r', 'p')
  AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
