-- The role that looks, and how far the log was written, or replayed on a replica.
SELECT CURRENT_USER::text AS role,
       pg_catalog.pg_is_in_recovery() AS is_replica,
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_lsn() END::text AS position
