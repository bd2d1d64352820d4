-- Four plots of a grower who is gone: foreign keys are triggers, and these did not fire.
SET session_replication_role = replica;
DELETE FROM growers WHERE id = 7;
RESET session_replication_role;
