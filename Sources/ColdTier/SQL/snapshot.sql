-- What an export is bound to: the database, and what of it was visible.
SELECT current_database() AS database, current_setting('server_version') AS version,
    pg_catalog.pg_current_snapshot()::text AS snapshot,
    pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS taken
