import Postgres
import Testing

/// The names of statements in the log.
@Suite struct StatementNameTests {
    static let statements: [(sql: String, name: String, reason: String)] = [
        ("SELECT 1", "SELECT ?", "a number"),
        ("SELECT  a\n FROM t", "SELECT a FROM t", "one line"),
        (
            "SELECT a1, t2.b FROM t WHERE x>=1.5e10 AND y=-2", "SELECT a1, t2.b FROM t WHERE x>=? AND y=-?",
            "digits in names"
        ),
        ("SELECT 'it''s secret', b", "SELECT ??, b", "text"),
        ("SELECT 'unended", "SELECT ?", "text without an end"),
        ("SELECT E'a\\'secret' FROM t", "SELECT E?", "a backslash, after which nothing is told"),
        ("SELECT 'a\\' OR b = 'secret'", "SELECT ?", "the same where it may escape nothing"),
        ("SELECT U&'secret', X'1F'", "SELECT U&?, X?", "other kinds of text"),
        ("DO $$ BEGIN RAISE 'secret'; END $$; SELECT 2", "DO ?; SELECT ?", "dollar quotes"),
        ("SELECT $tag$ secret $$ $tag$, $1", "SELECT ?, $1", "with a tag, and a parameter"),
        ("SELECT $tag$ secret", "SELECT ?", "without an end"),
        ("SELECT \"it's 1\" FROM \"T\"", "SELECT \"it's 1\" FROM \"T\"", "quoted names"),
        ("SELECT a -- secret\n, b /* secret /* 'x */ */ FROM t", "SELECT a , b FROM t", "comments"),
        ("-- secret.SQL\nSELECT a", "SELECT a", "a comment that names no file"),
        ("-- foreign-keys.sql\nSELECT a", "foreign-keys.sql", "a file"),
        ("", "", "nothing"),
        ("\"ü", "\"ü", "a name without an end"),
    ]

    @Test(arguments: statements.indices)
    func hasNoValue(_ index: Int) {
        let (sql, name, reason) = Self.statements[index]
        #expect(statementName(of: sql) == name, "\(reason)")
    }

    @Test func isShort() {
        let name = statementName(of: "SELECT " + (1...100).map { "column\($0)" }.joined(separator: ", "))
        #expect(name.count == 100)
        #expect(name.hasPrefix("SELECT column1, column2, ") && name.hasSuffix("…"))
    }

    @Test func aFileIsKnownByItsName() {
        let file = SQLFile(Array("SELECT a".utf8), property: "foreignKeys")
        #expect(statementName(of: file.text) == "foreign-keys.sql")
        #expect(statementName(of: file.text + " WHERE b = 'secret'") == "foreign-keys.sql")
    }
}
