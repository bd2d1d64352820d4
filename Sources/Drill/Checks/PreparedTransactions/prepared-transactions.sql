-- Every transaction that is prepared for two-phase commit, in all databases of the server, the oldest first, with the
-- tables of this database that it has locked against writers.
SELECT p.gid,
       p.owner::text AS owner,
       p.database::text AS database,
       pg_catalog.date_part('epoch', p.prepared) AS prepared,
       ARRAY(SELECT DISTINCT pg_catalog.format('%s.%s', n.nspname, c.relname)
             FROM pg_catalog.pg_locks l
                  JOIN pg_catalog.pg_class c ON c.oid = l.relation
                  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             WHERE l.pid IS NULL
               AND pg_catalog.split_part(l.virtualtransaction, '/', 2) = p.transaction::text
               AND p.database = pg_catalog.current_database()
               AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = p.database)
               AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
               AND c.relkind IN ('r', 'p', 'm')
             ORDER BY 1) AS tables
FROM pg_catalog.pg_prepared_xacts p
ORDER BY p.prepared, p.gid
