import Findings
import Foundation
import Glibc
import Postgres
import SystemPackage
import TestSupport
import Testing

@testable import Checks

/// The files of the check `erasure`, as they are read before a drill: what is wrong with them is said, and none of it is quoted.
@Suite struct ErasureFileTests {
    private static let column = ColumnName(table: TableName(schema: "public", name: "t"), name: "k")

    private static func problem(keys: FilePath, salt: FilePath? = nil, apply: FilePath? = nil) -> String? {
        var plan = CheckPlan()
        plan.erasure = ErasureExpectation(columns: [column: ErasedKeyList(file: keys, salt: salt)], apply: apply)
        do {
            try plan.requireFiles()
            return nil
        } catch {
            return "\(error)"
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let keys: String
        var salt: String?
        var apply: String?
        /// Nil if nothing is wrong; `LIST`, `SALT` and `SCRIPT` are the files.
        let says: String?

        var testDescription: String { says ?? "good" }
    }

    private static let hash = String(repeating: "aB", count: 32)

    @Test(arguments: [
        Case(keys: "1", says: nil), Case(keys: "\u{e9} secret\\t\n\r\n2\n", apply: "SELECT 1; -- once\n", says: nil),
        Case(keys: "\(hash)\n", salt: "0123456789abcdef", says: nil),
        Case(keys: "1", apply: "COPY t FROM stdin;\n1\n\\.\n", says: nil),
        Case(
            keys: "", says: "LIST has no keys: it has one a line. Leave the column out of the plan if none was erased"),
        Case(
            keys: "\n\r\n",
            says: "LIST has no keys: it has one a line. Leave the column out of the plan if none was erased"),
        Case(keys: "1\n\nsecret\t2", says: "line 3 of LIST has several values: a list is of one column"),
        Case(keys: "1\n\\N", says: "line 2 of LIST is no key: it is NULL, or no text in UTF-8"),
        Case(keys: "secret", salt: "0123456789abcdef", says: "line 1 of LIST is no SHA-256: it has 64 hex digits"),
        Case(
            keys: "\(hash)\n\(hash.dropLast())g", salt: "0123456789abcdef",
            says: "line 2 of LIST is no SHA-256: it has 64 hex digits"),
        Case(keys: hash, salt: "0123456789abcde\r\n", says: "the salt in SALT has 15 bytes, and must have at least 16"),
        Case(keys: hash, salt: "", says: "the salt in SALT has 0 bytes, and must have at least 16"),
        Case(
            keys: hash, salt: String(repeating: "secret", count: 200), says: "SALT is larger than 1.0 kB"),
        Case(keys: "1", apply: "-- secret\n", says: "the replay SCRIPT has no statement"),
        Case(
            keys: "1", apply: "SELECT 1;\n\\copy t FROM 'secret'\n",
            says: "the replay SCRIPT has a command of psql's in line 2, which is not run here: write it in SQL"),
        Case(
            keys: "1", apply: "DROP DATABASE secret;",
            says: "the replay SCRIPT has a statement about a database as a whole in line 1, which is not run here"),
        Case(
            keys: "1", apply: "DELETE FROM t WHERE k = 'secret'",
            says: "the replay SCRIPT ends within a statement: every statement ends with a semicolon, and rows with \\."),
        Case(
            keys: "1", apply: "COPY t FROM stdin;\n1\n",
            says:
                "the replay SCRIPT ends within the rows of a COPY statement: every statement ends with a semicolon, and rows with \\."
        ),
        Case(keys: "1", apply: "SELECT '\0';", says: "the replay SCRIPT has a byte 0 in a statement in line 1"),
    ])
    func files(_ one: Case) async throws {
        try await withTemporaryDirectory { directory in
            func file(_ name: String, _ text: String?) throws -> FilePath? {
                guard let text else { return nil }
                try Data(text.utf8).write(to: URL(filePath: directory.appending(name).string))
                return directory.appending(name)
            }
            let problem = Self.problem(
                keys: try #require(try file("LIST", one.keys)), salt: try file("SALT", one.salt),
                apply: try file("SCRIPT", one.apply))
            #expect(problem?.replacing("\(directory)/", with: "") == one.says.map { "checks.erasure: \($0)" })
            #expect(problem?.contains("secret") != true)
        }
    }

    @Test func whatIsNoFile() async throws {
        try await withTemporaryDirectory { directory in
            #expect(
                Self.problem(keys: directory.appending("none"))
                    == "checks.erasure: cannot open \(directory)/none: No such file or directory")
            #expect(Self.problem(keys: directory) == "checks.erasure: \(directory) is not a regular file")
            let large = directory.appending("large")
            #expect(FileManager.default.createFile(atPath: large.string, contents: nil))
            #expect(truncate(large.string, 32 << 20 + 1) == 0)
            #expect(Self.problem(keys: large)?.contains("is larger than") == true)
        }
    }

    /// What a plan skips is not read.
    @Test func aSkippedCheckReadsNothing() throws {
        var plan = CheckPlan()
        plan.erasure = ErasureExpectation(columns: [Self.column: ErasedKeyList(file: "/nowhere/list")])
        plan.skipped["erasure"] = "we know"
        try plan.requireFiles()
    }

    /// Statements of a replay may have keys in them: the session keeps them out of the server's log, whatever the database says.
    @Test func aReplayIsNotLogged() async throws {
        try await TestServer.shared { server in
            var plan = CheckPlan()
            plan.erasure = ErasureExpectation(
                columns: [Self.column: ErasedKeyList(file: CheckRow.file("secret"))],
                apply: CheckRow.file(
                    """
                    DO $$ BEGIN
                        IF ROW(current_setting('log_statement'), current_setting('log_min_error_statement'),
                            current_setting('log_min_messages'), current_setting('log_min_duration_statement'))
                            <> ROW('none', 'panic', 'panic', '-1')
                        THEN RAISE EXCEPTION 'it is logged'; END IF;
                        DELETE FROM t WHERE k = 'secret';
                    END $$;
                    """))
            let results = try await Checking(
                sql: """
                    CREATE TABLE t (k text); INSERT INTO t VALUES ('secret');
                    DO $$ DECLARE s text; BEGIN
                        FOREACH s IN ARRAY ARRAY[$a$log_statement = 'all'$a$, $a$log_min_error_statement = 'error'$a$,
                            $a$log_min_messages = 'notice'$a$, $a$log_min_duration_statement = 0$a$]
                        LOOP EXECUTE format('ALTER DATABASE %I SET ', current_database()) || s; END LOOP;
                    END $$
                    """, plan: plan
            ).results(on: server)
            let findings = results.findings.filter { $0.id == "erasure" }
            #expect(findings.map(\.status) == [.passed, .passed], "\(findings)")
            #expect(!"\(results)".contains("secret"))
        }
    }
}
