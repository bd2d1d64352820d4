-- Four plots of a grower who does not exist: foreign keys are triggers, and these triggers did not fire.
SET session_replication_role = replica;
DELETE FROM growers WHERE id = 7;
RESET session_replication_role;
