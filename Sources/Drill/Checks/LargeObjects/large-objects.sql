-- The large objects of the database and their pages. Each page is read to its end: the concatenation makes the server
-- decompress it. A page holds a quarter of a block, and belongs to an object of pg_largeobject_metadata.
SELECT (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata) AS objects,
       count(*) AS pages,
       coalesce(sum(pg_catalog.length(l.data || ''::pg_catalog.bytea)), 0) AS bytes,
       count(*) FILTER (WHERE m.oid IS NULL) AS orphans,
       count(DISTINCT l.loid) FILTER (
           WHERE pg_catalog.length(l.data) > pg_catalog.current_setting('block_size')::int / 4 OR l.pageno < 0
       ) AS misshapen
FROM pg_catalog.pg_largeobject l
     LEFT JOIN pg_catalog.pg_largeobject_metadata m ON m.oid = l.loid
