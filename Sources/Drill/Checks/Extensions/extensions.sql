-- Every installed extension, and every extension that this machine could install, with the version that it installs by
-- default.
SELECT coalesce(e.extname, a.name) AS name, e.extversion AS version, a.default_version
FROM pg_catalog.pg_extension e
     FULL JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname
ORDER BY 1
