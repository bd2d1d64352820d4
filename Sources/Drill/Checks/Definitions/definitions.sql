-- The tables and materialized views of the user, each with a SHA-256 of its definition in hex: of its columns, constraints, indexes,
-- triggers, policies, parents, partition key or query, and whether it is UNLOGGED, as this server prints them. Partitions are left out: what their table has,
-- they have. So are tables that a prepared transaction has locked: printing their definition would wait for it.
SELECT n.nspname AS schema,
       c.relname AS table,
       pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(
           E'\n',
           (SELECT pg_catalog.string_agg(
                       pg_catalog.concat_ws(
                           ' ', pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod),
                           (SELECT pg_catalog.format('COLLATE %I.%I', cn.nspname, co.collname)
                            FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
                            WHERE co.oid = a.attcollation),
                           CASE WHEN a.attnotnull THEN 'NOT NULL' END, pg_catalog.pg_get_expr(d.adbin, d.adrelid),
                           nullif(a.attidentity::pg_catalog.text, ''), nullif(a.attgenerated::pg_catalog.text, '')),
                       E'\n' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
                 LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
           (SELECT pg_catalog.string_agg(
                       pg_catalog.concat_ws(' ', pg_catalog.quote_ident(k.conname), pg_catalog.pg_get_constraintdef(k.oid)),
                       E'\n' ORDER BY k.conname)
            FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 't' AND k.conparentid = 0),
           (SELECT pg_catalog.string_agg(pg_catalog.pg_get_indexdef(i.indexrelid), E'\n' ORDER BY x.relname)
            FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid),
           (SELECT pg_catalog.string_agg(
                       pg_catalog.concat_ws(' ', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled), E'\n' ORDER BY t.tgname)
            FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal),
           CASE WHEN c.relrowsecurity THEN 'ROW SECURITY' END,
           CASE WHEN c.relforcerowsecurity THEN 'FORCE ROW SECURITY' END,
           (SELECT pg_catalog.string_agg(
                       pg_catalog.concat_ws(
                           ' ', pg_catalog.quote_ident(p.polname), p.polcmd, p.polpermissive,
                           (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(r.rolname), ',' ORDER BY r.rolname)
                            FROM pg_catalog.pg_roles r WHERE r.oid = ANY (p.polroles)),
                           pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                           pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)),
                       E'\n' ORDER BY p.polname)
            FROM pg_catalog.pg_policy p WHERE p.polrelid = c.oid),
           CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' END,
           (SELECT pg_catalog.string_agg(pg_catalog.format('INHERITS %I.%I', pn.nspname, p.relname), E'\n' ORDER BY h.inhseqno)
            FROM pg_catalog.pg_inherits h
                 JOIN pg_catalog.pg_class p ON p.oid = h.inhparent
                 JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
            WHERE h.inhrelid = c.oid),
           CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid)
                          WHEN 'm' THEN pg_catalog.pg_get_viewdef(c.oid) END),
           pg_catalog.getdatabaseencoding())), 'hex') AS digest
FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm')
  AND c.relpersistence <> 't'
  AND NOT c.relispartition
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_locks l
      WHERE l.locktype = 'relation' AND l.relation = c.oid AND l.pid IS NULL AND l.granted AND l.mode = 'AccessExclusiveLock'
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1, 2
