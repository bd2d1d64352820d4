-- The AVA OLO sample database, part 3 of 3: keys, indexes, foreign keys, row-level security, the audit trigger, grants.
-- They come after the rows, because that is faster, and because the audit trigger would otherwise write the current
-- time.

SET timezone = 'UTC';
SET client_min_messages = warning;
SET ROLE ava_owner;

ALTER TABLE farmers ADD PRIMARY KEY (id), ADD UNIQUE (whatsapp_number);
ALTER TABLE fields ADD PRIMARY KEY (id);
ALTER TABLE conversations ADD PRIMARY KEY (id, "timestamp");
ALTER TABLE llm_debug_log ADD PRIMARY KEY (id, "timestamp");
ALTER TABLE audit_log ADD PRIMARY KEY (id);
ALTER TABLE schema_versions ADD PRIMARY KEY (version);
ALTER TABLE migration_log ADD PRIMARY KEY (id), ADD UNIQUE (migration_name, started_at);

CREATE INDEX farmers_name_idx ON farmers (lower(name));
CREATE INDEX farmers_primary_crops_idx ON farmers USING gin (primary_crops);
CREATE INDEX fields_farmer_id_idx ON fields (farmer_id);
CREATE INDEX fields_crop_type_idx ON fields (crop_type) WHERE crop_type IS NOT NULL;
CREATE INDEX conversations_timestamp_idx ON conversations ("timestamp");
CREATE INDEX conversations_farmer_id_idx ON conversations (farmer_id, "timestamp" DESC);
CREATE INDEX llm_debug_log_timestamp_idx ON llm_debug_log ("timestamp");
CREATE INDEX llm_debug_log_model_idx ON llm_debug_log ((output_data ->> 'model'), query_type);
CREATE INDEX llm_debug_log_input_data_idx ON llm_debug_log USING gin (input_data);
CREATE INDEX audit_log_timestamp_idx ON audit_log (table_name, "timestamp");

ALTER TABLE fields ADD FOREIGN KEY (farmer_id) REFERENCES farmers (id);
ALTER TABLE conversations ADD FOREIGN KEY (farmer_id) REFERENCES farmers (id);

CREATE TRIGGER farmers_audit AFTER INSERT OR UPDATE OR DELETE ON farmers
    FOR EACH ROW EXECUTE FUNCTION audit_changes();
CREATE TRIGGER fields_audit AFTER INSERT OR UPDATE OR DELETE ON fields
    FOR EACH ROW EXECUTE FUNCTION audit_changes();

-- The application acts for one farmer at a time, and sees only that farmer's messages and the answers.
ALTER TABLE conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_conversations ON conversations TO ava_app
    USING (farmer_id = nullif(current_setting('ava.farmer_id', true), '')::bigint);
CREATE POLICY read_all_conversations ON conversations FOR SELECT TO ava_readonly USING (true);

GRANT SELECT, INSERT, UPDATE ON farmers, fields TO ava_app;
GRANT SELECT, INSERT ON conversations TO ava_app;
GRANT INSERT ON llm_debug_log TO ava_app;
GRANT SELECT ON schema_versions TO ava_app;

RESET ROLE;
ANALYZE;
