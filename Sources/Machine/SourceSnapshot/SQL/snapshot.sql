-- The database that an export reads, its snapshot, and the name with which other sessions get the same snapshot.
SELECT pg_catalog.current_database() AS database, pg_catalog.current_setting('server_version') AS version,
    pg_catalog.current_setting('server_encoding') AS encoding,
    pg_catalog.txid_current_snapshot()::text AS snapshot,
    (pg_catalog.date_part('epoch', pg_catalog.now()) * 1000)::int8 AS taken_ms,
    pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may_identify,
    pg_catalog.pg_export_snapshot() AS name
