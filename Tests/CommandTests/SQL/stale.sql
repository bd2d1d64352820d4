-- No new rows for two days.
DELETE FROM readings;
INSERT INTO readings SELECT now() - interval '2 days' - i * interval '1 minute', 1, 'null' FROM generate_series(1, 10) i;
