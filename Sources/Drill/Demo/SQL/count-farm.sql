-- What the farm database has: its rows, and photos that have a picture.
SELECT (SELECT count(*) FROM public.farms)
    + (SELECT count(*) FROM public.fields)
    + (SELECT count(*) FROM public.harvests)
    + (SELECT count(*) FROM public.visits)
    + (SELECT count(*) FROM public.photos) AS rows,
    (SELECT count(DISTINCT loid) FROM pg_catalog.pg_largeobject) AS photos;
