-- A table without its rows, which is restored without an error.
DELETE FROM readings;
