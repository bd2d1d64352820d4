import Archive
import Backup
import Rows

@testable import Checks

extension CheckRow {
    static let largeObjects = [
        CheckRow(
            id: "large-objects", reason: "as many as the backup names, one of them empty, one with a hole",
            checking: holding(few, expected: 4), subject: "large objects", status: .passed, basis: .archive,
            expected: "4 objects", observed: "4 objects"),
        CheckRow(
            id: "large-objects", reason: "each is read", checking: holding(few, expected: 4),
            subject: "large objects", status: .passed, basis: .rule, expected: "every page can be read",
            observed: "4 objects, 5 pages, 6316 bytes"),
        CheckRow(
            id: "large-objects", reason: "each holds what the backup has of it",
            checking: holding(few, expected: 4, contents: fewContents), subject: "contents of large objects",
            status: .passed, basis: .archive, expected: "4 objects, 14508 bytes", observed: "the same contents in each"),
        CheckRow(
            id: "large-objects", reason: "one holds something else",
            checking: holding(
                few, expected: 4, contents: fewContents.merging([4712: Array("other!!".utf8)]) { $1 }),
            subject: "contents of large objects", status: .failed, cause: .backup, basis: .archive,
            expected: "4 objects, 14508 bytes", observed: "other contents in 1 object, the first is 4712",
            words: "do not hold what the backup has"),
        CheckRow(
            id: "large-objects", reason: "without knowing how many there should be", checking: holding(few),
            subject: "large objects", status: .passed, basis: .rule, expected: "every page can be read",
            observed: "4 objects, 5 pages, 6316 bytes"),
        CheckRow(
            id: "large-objects", reason: "one less than the backup names", checking: holding(few, expected: 5),
            subject: "large objects", status: .failed, cause: .backup, basis: .archive, expected: "5 objects",
            observed: "4 objects", words: "were not restored"),
        CheckRow(
            id: "large-objects", reason: "pages without an object",
            checking: holding("\(few); DELETE FROM pg_largeobject_metadata WHERE oid = 4711"),
            subject: "large objects", status: .failed, cause: .backup, basis: .rule,
            expected: "every page can be read",
            observed: "3 pages of no object, 0 objects with pages of no such shape", words: "as PostgreSQL writes them"),
        CheckRow(
            id: "large-objects", reason: "a page larger than pages are",
            checking: holding("\(few); UPDATE pg_largeobject SET data = repeat('x', 2049)::bytea WHERE loid = 4711"),
            subject: "large objects", status: .failed, cause: .backup, basis: .rule,
            expected: "every page can be read",
            observed: "0 pages of no object, 1 object with pages of no such shape", words: "as PostgreSQL writes them"),
        CheckRow(
            id: "large-objects", reason: "the one that cannot be read is named",
            checking: holding(
                """
                \(few);
                CREATE FUNCTION read(bytea, bytea) RETURNS bytea LANGUAGE plpgsql AS $$ BEGIN
                    IF $1 = 'secret!' THEN RAISE 'secret' USING ERRCODE = 'data_corrupted'; END IF;
                    RETURN $1;
                END $$;
                UPDATE pg_operator SET oprcode = 'read(bytea,bytea)'::regprocedure
                WHERE oid = 'pg_catalog.||(bytea,bytea)'::regoperator
                """, expected: 4), subject: "large object 4712", status: .inconclusive, cause: .environment,
            basis: .rule, expected: "every page can be read", observed: "SQLSTATE XX001", words: "a dump has no files"),
        CheckRow(
            id: "large-objects", reason: "a role that may not read them",
            checking: holding("\(few); \(asReader)", expected: 4), subject: "large objects", status: .inconclusive,
            cause: .environment, basis: .rule, expected: "every page can be read",
            observed: "ERROR: permission denied for table pg_largeobject (SQLSTATE 42501)",
            words: "grant it pg_read_all_data"),
        CheckRow(
            id: "large-objects", reason: "a role that may not read them, where there are none",
            checking: holding(asReader, expected: 0), subject: "database", status: .notRun,
            words: "no large objects"),
        CheckRow(
            id: "large-objects", reason: "a dump that names none, of a database that has none",
            checking: holding("", expected: 0), subject: "database", status: .notRun, words: "no large objects"),
    ]

    private static let few = """
        SELECT lo_from_bytea(4711, convert_to(repeat('x', 4500), 'UTF8'));
        SELECT lo_from_bytea(4712, 'secret!'); SELECT lo_create(4713);
        SELECT lo_from_bytea(4714, ''); SELECT lo_put(4714, 10000, 'x')
        """

    private static let asReader = """
        DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET role = pg_monitor', current_database()); END $$
        """

    private static let fewContents: [UInt32: [UInt8]] = [
        4711: Array(repeating: UInt8(ascii: "x"), count: 4500), 4712: Array("secret!".utf8), 4713: [],
        4714: Array(repeating: 0, count: 10_000) + [UInt8(ascii: "x")],
    ]

    private static func holding(
        _ sql: String, expected: Int? = nil, contents: [UInt32: [UInt8]]? = nil
    ) -> Checking {
        let hashes = contents.map { contents in
            LargeObjectContents(
                byOID: contents.mapValues { bytes in
                    let hash = RowHash()
                    bytes.withUnsafeBytes { hash.add($0) }
                    return hash.value
                })
        }
        return Checking(
            sql: sql, largeObjects: expected, data: hashes.map { BackupData(tables: [], largeObjects: $0) })
    }
}
