-- A row that exists twice although its key is primary: a corrupt index can cause that.
SET session_replication_role = replica;
UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 'growers_pkey'::regclass;
INSERT INTO growers SELECT * FROM growers WHERE id IN (1, 2);
UPDATE pg_index SET indisready = true, indisvalid = true WHERE indexrelid = 'growers_pkey'::regclass;
RESET session_replication_role;
