-- A table without its rows, which restores perfectly.
DELETE FROM readings;
