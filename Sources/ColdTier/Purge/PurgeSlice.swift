import Postgres
import Rows

/// The transaction of ``PurgeScript`` that removes one slice.
struct PurgeSlice {
    let table: ExportManifest.Table
    let slice: ExportManifest.Slice

    private var name: TableName { table.tableName }
    private var columns: [ExportColumn] { table.shapes[slice.shape].columns }
    private var partitions: [TableName] { slice.partitions.map { TableName(schema: $0.schema, name: $0.name) } }
    private var subject: String { sliceSubject(name, slice.name) }
    private var condition: String {
        sliceCondition(slice.name, from: slice.from, to: slice.to, on: "r.\(quoteIdentifier(table.timeColumn))")
    }

    var text: String {
        guard let contentSum = slice.contentSum else {
            return block(
                declarations: "",
                """
                    RAISE WARNING '%: it is left alone, since the manifest has no content sum of it', slice;
                """)
        }
        return block(
            declarations: """
                    the_table regclass;
                    tree oid[];
                    parts oid[];
                    part regclass;
                    parent regclass;
                    differing text;
                    found_rows bigint;
                    found_minimum text;
                    found_maximum text;
                    found_content text;
                    found_outside bigint;

                """,
            [
                databaseCheck, lookUps, existence, partitions.isEmpty ? "" : partitionsExist, lock, lookUps, shapeCheck,
                partitions.isEmpty ? "" : treeCheck, comparison(contentSum), partitions.isEmpty ? deletion : dropping,
            ].filter { !$0.isEmpty }.joined(separator: "\n"))
    }

    private func block(declarations: String, _ body: String) -> String {
        let code = """
            DECLARE
                slice CONSTANT text := \(quoteLiteral(subject));
            \(declarations)BEGIN
            \(body)
            END
            """
        // Names may hold any text, even the text that ends the block.
        var tag = "$purge$"
        // Compared by bytes, as PostgreSQL does: for Swift, a character followed by a combining accent is another
        // character.
        while code.utf8.firstRange(of: tag.utf8) != nil { tag = "$purge\(tag.utf8.count)_\(tag.dropFirst())" }
        // READ COMMITTED: only a statement with a new snapshot sees rows that were written before the lock was granted.
        return """
            BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
            DO \(tag)
            \(code) \(tag);
            COMMIT;

            """
    }

    private static func lookUp(_ name: TableName) -> String { "to_regclass(\(quoteLiteral(name.sql)))" }

    // MARK: Before anything is compared

    private var databaseCheck: String {
        let known = slice.source.drill == nil ? slice.source.database : slice.source.drill?.database
        guard let known else { return "" }
        return """
                IF current_database() <> \(quoteLiteral(known)) THEN
                    RAISE EXCEPTION '%: this is database %, and the rows came from database %', slice, current_database(), \(quoteLiteral(known));
                END IF;
            """
    }

    /// Runs before anything is locked, to say what is missing; and again after the lock, because a name may now belong
    /// to another table.
    private var lookUps: String {
        """
            the_table := \(Self.lookUp(name));
            parts := \(partitions.isEmpty ? "'{}'" : "ARRAY[\(partitions.map(Self.lookUp).joined(separator: ", "))]");
        """
    }

    private var existence: String {
        """
            IF the_table IS NULL THEN
                RAISE EXCEPTION '%: there is no such table here', slice;
            END IF;
        """
    }

    private var partitionsExist: String {
        """
            IF array_remove(parts, NULL) = '{}' THEN
                SELECT count(*) INTO found_rows FROM \(name.sql) AS r WHERE \(condition);
                IF found_rows > 0 THEN
                    RAISE EXCEPTION '%: its partitions are gone, and % of its rows are here all the same', slice, found_rows;
                END IF;
                RAISE NOTICE '%: it was removed before', slice;
                RETURN;
            END IF;
            IF array_position(parts, NULL) IS NOT NULL THEN
                RAISE EXCEPTION '%: some of its partitions are gone', slice;
            END IF;
        """
    }

    private var lock: String {
        let what = partitions.isEmpty ? name.sql : "ONLY " + partitions.map(\.sql).joined(separator: ", ONLY ")
        return """
                BEGIN
                    LOCK TABLE \(what) IN SHARE ROW EXCLUSIVE MODE;
                EXCEPTION WHEN lock_not_available THEN
                    RAISE EXCEPTION '%: others are using it, and did not end within %', slice, current_setting('lock_timeout')
                        USING HINT = 'Nothing of it was removed. Run the script again when nobody writes.';
                END;
            """
    }

    /// A column that the export does not know would be lost. This includes a column that only an inheriting table has.
    private var shapeCheck: String {
        let expected = columns.map { "(\(quoteLiteral($0.name)), \(quoteLiteral($0.type)))" }.joined(separator: ", ")
        let found = """
            SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a
                        WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attrelid
            """
        return """
                IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = the_table AND c.relkind IN ('r', 'p')) THEN
                    RAISE EXCEPTION '%: that is no table here', slice;
                END IF;
                WITH RECURSIVE below (oid) AS (
                    SELECT the_table::oid UNION SELECT i.inhrelid FROM below AS b JOIN pg_inherits AS i ON i.inhparent = b.oid
                ) SELECT array_agg(b.oid) INTO tree FROM below AS b;
                SELECT string_agg(format('%I %s', d.name, d.type), ', ') INTO differing FROM (
                    (\(found) = ANY (tree)
                    EXCEPT VALUES \(expected))
                    UNION ALL
                    (VALUES \(expected)
                    EXCEPT \(found) = the_table)
                ) AS d (name, type);
                IF differing IS NOT NULL THEN
                    RAISE EXCEPTION '%: the table has other columns than were exported: %', slice, differing
                        USING HINT = 'Export it into another place, and purge from there.';
                END IF;
            """
    }

    private var treeCheck: String {
        """
            FOREACH part IN ARRAY parts LOOP
                IF NOT EXISTS (SELECT FROM pg_class AS c WHERE c.oid = part AND c.relkind = 'r' AND c.relispartition)
                    OR NOT EXISTS (SELECT FROM pg_partition_ancestors(part) AS a (relid) WHERE a.relid = the_table) THEN
                    RAISE EXCEPTION '%: % is no partition of it', slice, part;
                END IF;
            END LOOP;
        """
    }

    // MARK: Comparing

    private func comparison(_ contentSum: ContentSum) -> String {
        let time = "r.\(quoteIdentifier(table.timeColumn))"
        return """
                SELECT count(*), min(\(time))::text, max(\(time))::text, count(*) FILTER (WHERE r.tableoid <> ALL (parts)),
                    \(CanonicalSQL.contentSum(of: columns, row: "r"))
                    INTO found_rows, found_minimum, found_maximum, found_outside, found_content
                    FROM \(name.sql) AS r
                    WHERE \(condition);
            \(partitions.isEmpty ? gone : "")\
                IF found_rows <> \(slice.digest.rows) THEN
                    RAISE EXCEPTION '%: the manifest has % rows, and the database %', slice, \(slice.digest.rows), found_rows;
                END IF;
                IF found_minimum IS DISTINCT FROM \(literal(slice.minimum)) OR found_maximum IS DISTINCT FROM \(literal(slice.maximum)) THEN
                    RAISE EXCEPTION '%: in the manifest its times go from % to %, in the database from % to %',
                        slice, \(literal(slice.minimum)), \(literal(slice.maximum)), found_minimum, found_maximum;
                END IF;
                IF found_content <> \(quoteLiteral(contentSum.description)) THEN
                    RAISE EXCEPTION '%: as many rows as in the manifest, and not the same: their sum is % there, and % in the database',
                        slice, \(quoteLiteral(contentSum.description)), found_content USING HINT = 'Rows were changed after the export.';
                END IF;
            """
    }

    private var gone: String {
        """
            IF found_rows = 0 THEN
                RAISE NOTICE '%: it was removed before', slice;
                RETURN;
            END IF;

        """
    }

    private func literal(_ text: String?) -> String { text.map(quoteLiteral) ?? "NULL::text" }

    // MARK: Removing

    private var deletion: String {
        """
            -- These would be changed without having been exported.
            SELECT string_agg(format('%s of %s', quote_ident(k.conname), k.conrelid::regclass), ', ') INTO differing
                FROM pg_constraint AS k
                WHERE k.contype = 'f' AND k.confdeltype IN ('c', 'n', 'd') AND k.conparentid = 0 AND k.confrelid = ANY (tree);
            IF differing IS NOT NULL THEN
                RAISE EXCEPTION '%: rows that refer to it would be deleted or changed with it, by %', slice, differing
                    USING HINT = 'Make these foreign keys ON DELETE NO ACTION.';
            END IF;
            BEGIN
                DELETE FROM \(name.sql) AS r WHERE \(condition);
            EXCEPTION WHEN foreign_key_violation THEN
                RAISE EXCEPTION '%: rows that stay refer to it: %', slice, SQLERRM
                    USING HINT = 'Export and purge the table that refers to it first.';
            END;
            GET DIAGNOSTICS found_rows = ROW_COUNT;
            IF found_rows <> \(slice.digest.rows) THEN
                RAISE EXCEPTION '%: % rows were deleted instead of %: a trigger or a rule kept the others', slice, found_rows, \(slice.digest.rows);
            END IF;
            RAISE NOTICE '%: % rows are as in the manifest, and were deleted', slice, found_rows;
        """
    }

    private var dropping: String {
        let all = partitions.map { "(SELECT count(*) FROM ONLY \($0.sql))" }.joined(separator: " + ")
        return """
                IF found_outside > 0 OR found_rows <> \(all) THEN
                    RAISE EXCEPTION '%: its partitions do not hold its rows and nothing else', slice;
                END IF;
                BEGIN
                    FOREACH part IN ARRAY parts LOOP
                        SELECT i.inhparent INTO parent FROM pg_inherits AS i WHERE i.inhrelid = part;
                        EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', parent, part);
                        EXECUTE format('DROP TABLE %s', part);
                    END LOOP;
                EXCEPTION WHEN lock_not_available THEN
                    RAISE EXCEPTION '%: others are reading it, or the table that it is part of, and did not end within %', slice, current_setting('lock_timeout')
                        USING HINT = 'Nothing of it was removed. Run the script again when nobody reads.';
                END;
                RAISE NOTICE '%: % rows are as in the manifest, and their partitions were dropped', slice, found_rows;
            """
    }
}
