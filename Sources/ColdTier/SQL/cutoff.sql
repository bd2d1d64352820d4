-- The first moment that is not cold, at the beginning of a period of the time zone $1: $2 (day, month, year); counted back by
-- the interval $3 from now, or the moment $4. As columns with and without a time zone have it.
SELECT pg_catalog.timezone('UTC', pg_catalog.timezone($1, pg_catalog.date_trunc($2, local)))::text || '+00' AS with_zone,
    pg_catalog.date_trunc($2, local)::text AS without_zone
FROM (
    SELECT coalesce(
        pg_catalog.timezone($1, $4::timestamptz),
        pg_catalog.timezone($1, pg_catalog.now()) - $3::interval
    )
) AS moment (local)
