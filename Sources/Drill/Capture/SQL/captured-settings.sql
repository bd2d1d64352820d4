-- Settings that decide what values mean and how they are printed, sorted and protected, as sessions begin with them. Those that the role may not see
-- are left out.
SELECT s.name, s.reset_val AS value
FROM pg_catalog.pg_settings s
WHERE s.name IN (
    'block_size', 'bytea_output', 'data_checksums', 'DateStyle', 'default_tablespace', 'default_toast_compression',
    'extra_float_digits', 'IntervalStyle', 'lc_monetary', 'max_prepared_transactions', 'row_security', 'server_encoding',
    'server_version', 'session_replication_role', 'shared_preload_libraries', 'standard_conforming_strings', 'TimeZone',
    'wal_level', 'xmloption')
UNION ALL
SELECT x.name, x.value
FROM pg_catalog.pg_database d
     CROSS JOIN LATERAL (VALUES ('lc_collate', d.datcollate::text), ('lc_ctype', d.datctype::text)) AS x (name, value)
WHERE d.datname = pg_catalog.current_database()
ORDER BY 1
