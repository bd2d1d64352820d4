import Testing

@testable import Archive
@testable import Restore

/// What runs about a server was written anew: nothing of a script reaches a server as it stands there.
@Suite struct GlobalStatementSQLTests {
    private static let place = GlobalPlace(
        superuser: "postgres", serverMajor: 16, keepsGrantors: true, databases: ["my shop": "restored_1"])

    private func sql(_ text: String) -> String? {
        GlobalStatement(SQLTokens(text).tokens)?.sql(on: Self.place)
    }

    @Test(arguments: [
        ("CREATE ROLE \"a; b\"", "CREATE ROLE \"a; b\""),
        ("ALTER DATABASE \"my shop\" SET work_mem TO '9MB'", "ALTER DATABASE \"restored_1\" SET \"work_mem\" TO '9MB'"),
        ("ALTER DATABASE other SET work_mem TO '9MB'", nil),
        ("CREATE TABLESPACE t LOCATION '/x'", "CREATE TABLESPACE \"t\" LOCATION \'\'"),
        (
            "GRANT a TO b WITH ADMIN OPTION, INHERIT FALSE GRANTED BY c",
            "GRANT \"a\" TO \"b\" WITH ADMIN TRUE, INHERIT FALSE, SET TRUE GRANTED BY \"c\""
        ),
        ("COMMENT ON ROLE \"a\"\"b\" IS 'it\'\'s'", "comment on role \"a\"\"b\" is 'it\'\'s'"),
        ("GRANT SET,ALTER SYSTEM ON PARAMETER a.b TO c", "grant set , alter system on parameter a . b to c"),
        ("SET x = 1", nil),
    ]) func isWrittenAnew(_ text: String, _ expected: String?) {
        #expect(sql(text) == expected)
    }

    /// In Shift JIS, the second byte of a character may be a semicolon; read as UTF-8, it is one.
    @Test func aNameInAnotherEncodingStaysOneName() throws {
        let text = Array("COMMENT ON ROLE b".utf8) + [0x81] + Array(";drop IS 'x'".utf8)
        let statement = try #require(GlobalStatement(SQLTokens(text, TextEncoding("SJIS")).tokens))
        #expect(statement.sql(on: Self.place) == "comment on role \"b\u{FFFD};drop\" is 'x'")
        let grant =
            Array("GRANT a TO b".utf8) + [0x81] + Array(";copy (select 1) to program 'x' csv ON TABLESPACE t TO c".utf8)
        #expect(GlobalStatement(SQLTokens(grant, TextEncoding("SJIS")).tokens) == nil)
    }
}
