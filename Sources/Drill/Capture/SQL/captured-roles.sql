-- The roles that own something of this database, or were granted something in it, and the roles that these are members of.
WITH RECURSIVE used AS (
    SELECT d.refobjid AS role
    FROM pg_catalog.pg_shdepend d
    WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
      AND (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())
          IN (d.dbid, CASE WHEN d.classid = 'pg_catalog.pg_database'::pg_catalog.regclass THEN d.objid END)
    UNION
    SELECT b.datdba FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database()
    UNION
    SELECT m.roleid FROM used u JOIN pg_catalog.pg_auth_members m ON m.member = u.role
)
SELECT r.rolname::text AS name,
       r.rolcanlogin AS can_log_in,
       r.rolsuper AS is_superuser,
       r.rolbypassrls AS bypasses,
       ARRAY(SELECT pg_catalog.pg_get_userbyid(m.roleid)::text FROM pg_catalog.pg_auth_members m
             WHERE m.member = r.oid ORDER BY 1) AS member_of
FROM pg_catalog.pg_roles r
WHERE r.oid IN (SELECT u.role FROM used u)
ORDER BY r.rolname
