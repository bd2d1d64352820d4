-- Names that look the same but have different bytes: composed and decomposed, and a quote followed by an accent.
CREATE TABLE U&"caf\00E9" (U&"\00E9" jsonb, U&"e\0301" jsonb);
CREATE TABLE U&"cafe\0301" (U&"\00E9" jsonb, U&"e\0301" jsonb);
INSERT INTO U&"caf\00E9" SELECT '{}', '{}' FROM generate_series(1, 2);
INSERT INTO U&"cafe\0301" SELECT '{}', '{}' FROM generate_series(1, 3);

CREATE TABLE x AS SELECT i FROM generate_series(1, 4) i;
CREATE TABLE U&"x""\0301 --" AS SELECT i FROM generate_series(1, 5) i;
