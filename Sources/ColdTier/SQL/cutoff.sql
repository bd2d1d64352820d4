-- The first moment that is not cold. It is the beginning of the period ($2: day, month or year), in the time zone $1,
-- that contains the moment $4, or, if $4 is null, the moment that is the interval $3 before now. Given for columns with
-- a time zone and for those without one.
SELECT pg_catalog.timezone('UTC', pg_catalog.timezone($1, pg_catalog.date_trunc($2, local)))::text || '+00' AS with_zone,
    pg_catalog.date_trunc($2, local)::text AS without_zone
FROM (
    SELECT coalesce(
        pg_catalog.timezone($1, $4::timestamptz),
        pg_catalog.timezone($1, pg_catalog.now()) - $3::interval
    )
) AS moment (local)
