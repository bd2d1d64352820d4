import Foundation
import Postgres
import Scratch
import TestSupport
import Testing

@Suite struct ConnectionTests {
    @Test func parametersTypesAndNulls() async throws {
        try await withConnection { connection in
            let row = try #require(
                try await connection.query(
                    """
                    SELECT $1::int8 AS number, $2::text AS text, $3::text AS nothing, true AS yes, 1.5::float8 AS real,
                           ARRAY['a', 'b c', 'd"e', 'f\\g', '', 'NULL'] AS list, '{}'::text[] AS empty
                    """, ["9223372036854775807", "O'Reilly\n€😀", nil]
                ).first)
            #expect(try row.need("number", as: Int64.self) == .max)
            #expect(try row.need("text", as: String.self) == "O'Reilly\n€😀")
            #expect(try row.get("nothing", as: String.self) == nil)
            #expect(try row.need("yes", as: Bool.self))
            #expect(try row.need("real", as: Double.self) == 1.5)
            #expect(try row.need("list", as: [String].self) == ["a", "b c", "d\"e", "f\\g", "", "NULL"])
            #expect(try row.need("empty", as: [String].self) == [])
            #expect(throws: PostgresError.self) { try row.need("nothing", as: String.self) }
            #expect(throws: PostgresError.self) { try row.need("absent", as: String.self) }
            #expect(throws: PostgresError.self) { try row.need("text", as: Int.self) }
        }
    }

    /// A database can bring a search path of its own along, and functions that come first in it.
    @Test func settingsOfASessionComeFromPostgresItself() async throws {
        try await withConnection { connection in
            let database = try #require(connection.target.database)
            try await connection.execute(
                """
                CREATE SCHEMA evil;
                CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT 'nothing' $$;
                ALTER DATABASE \(quoteIdentifier(database)) SET search_path = evil, pg_catalog;
                """)
            let settings = ["search_path": "pg_catalog", "statement_timeout": "7s", "application_name": "a, 'b' $1"]
            try await Postgres.withConnection(to: connection.target, settings: settings) { session in
                for (name, value) in settings {
                    let shown = try await session.query("SELECT pg_catalog.current_setting($1)", [name])
                    #expect(try shown[0].need(at: 0, as: String.self) == value)
                }
            }
        }
    }

    @Test func serverErrorsCarryEveryField() async throws {
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (id int CONSTRAINT positive CHECK (id > 0))")
            let error = try #require(
                await #expect(throws: PostgresError.self) {
                    _ = try await connection.query("INSERT INTO t VALUES (-1)")
                })
            guard case .server(let fields) = error else { throw error }
            #expect(fields.sqlState.rawValue == "23514")
            #expect(fields.sqlState.family == "23")
            #expect(fields.severity == "ERROR")
            #expect(fields.schema == "public")
            #expect(fields.table == "t")
            #expect(fields.constraint == "positive")
            #expect(fields.detail != nil)
            // The connection goes on after an error.
            try await expectUsable(connection)
        }
    }

    @Test func deadlineCancelsAtTheServerAndConnectionGoesOn() async throws {
        try await withConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                _ = try await connection.query("SELECT pg_sleep(3600)", deadline: .milliseconds(200))
            }
            guard case .deadlineExceeded = error else {
                Issue.record("not a deadline: \(String(describing: error))")
                return
            }
            let active = try await connection.query(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(3600)%' AND pid <> pg_backend_pid() AND datname = current_database()"
            )
            #expect(try active[0].need(at: 0, as: Int.self) == 0)
        }
    }

    @Test func cancelledTaskStopsItsStatement() async throws {
        try await withConnection { connection in
            let task = Task { try await connection.query("SELECT pg_sleep(3600)") }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
            try await expectUsable(connection)
        }
    }

    @Test func copyStreamsBothWays() async throws {
        try await withConnection { connection in
            try await connection.execute(
                "CREATE TABLE source AS SELECT g AS id, repeat('x', 1000) AS pad FROM generate_series(1, 20000) g; CREATE TABLE copy (LIKE source)"
            )
            var pieces: [[UInt8]] = []
            var bytes = 0
            try await connection.copyOut("COPY source TO STDOUT") { rows in
                #expect(rows.last == UInt8(ascii: "\n"))
                pieces.append(rows)
                bytes += rows.count
            }
            #expect(pieces.count > 100, "it arrives in pieces, not at once")
            var next = pieces.makeIterator()
            try await connection.copyIn("COPY copy FROM STDIN") { next.next() }
            let row = try await connection.query(
                "SELECT count(*) AS n, (SELECT count(*) FROM (SELECT * FROM source EXCEPT SELECT * FROM copy) d) AS missing FROM copy"
            )
            #expect(try row[0].need("n", as: Int.self) == 20000)
            #expect(try row[0].need("missing", as: Int.self) == 0)
            #expect(bytes > 20_000_000)
        }
    }

    @Test func copyOutAbandonedLeavesConnectionUsable() async throws {
        struct Enough: Error {}
        try await withConnection { connection in
            await #expect(throws: Enough.self) {
                try await connection.copyOut(
                    "COPY (SELECT repeat('x', 10000) FROM generate_series(1, 100000)) TO STDOUT"
                ) { _ in
                    throw Enough()
                }
            }
            try await expectUsable(connection)
        }
    }

    @Test func copyInFailingHalfwayLeavesNothing() async throws {
        struct Broken: Error {}
        try await withConnection { connection in
            try await connection.execute("CREATE TABLE t (id int)")
            var sent = 0
            await #expect(throws: Broken.self) {
                try await connection.copyIn("COPY t FROM STDIN") {
                    sent += 1
                    if sent > 3 { throw Broken() }
                    return Array("\(sent)\n".utf8)
                }
            }
            #expect(try await connection.query("SELECT * FROM t").isEmpty)
            let error = await #expect(throws: PostgresError.self) {
                var once = [Array("not a number\n".utf8)].makeIterator()
                try await connection.copyIn("COPY t FROM STDIN") { once.next() }
            }
            #expect(error?.sqlState?.rawValue == "22P02")
            try await expectUsable(connection)
        }
    }

    @Test func copyInsideQueryIsRefusedNotHung() async throws {
        try await withConnection { connection in
            _ = await #expect(throws: PostgresError.self) { try await connection.query("COPY (SELECT 1) TO STDOUT") }
        }
    }

    @Test func lostConnectionSaysSo() async throws {
        try await withConnection { connection in
            let target = connection.target
            let id = try await connection.query("SELECT pg_backend_pid()")[0].need(at: 0, as: Int.self)
            try await withConnection(to: target) { other in
                _ = try await other.query("SELECT pg_terminate_backend($1::int)", ["\(id)"])
            }
            await #expect(throws: PostgresError.self) { _ = try await connection.query("SELECT 1") }
            await connection.close()
            let error = await #expect(throws: PostgresError.self) { _ = try await connection.query("SELECT 1") }
            #expect(error == .connectionLost(reason: "it was closed before"))
        }
    }

    @Test func noServerIsAnErrorWithItsPlace() async throws {
        let target = ConnectionTarget(host: "/nonexistent", port: 5432, user: "u", database: "d")
        let error = await #expect(throws: PostgresError.self) { _ = try await Connection(to: target) }
        #expect(error?.description.contains("/nonexistent:5432") == true)
    }

    @Test(arguments: [
        "postgresql://u:secret@localhost/db", "host=localhost password=secret",
        "postgresql://u@h/db?sslpassword=secret",
    ])
    func passwordsInConnectionStringsAreRefusedAndNotRepeated(string: String) throws {
        let error = try #require(throws: PostgresError.self) { _ = try ConnectionTarget(parsing: string) }
        #expect(!error.description.contains("secret"))
    }

    @Test func connectionStringIsQuotedForPrograms() throws {
        let target = try ConnectionTarget(parsing: "postgresql://me@example.org:6543/shop?sslmode=require")
        #expect(
            target.connectionString
                == "dbname='shop' host='example.org' port='6543' sslmode='require' user='me'")
        #expect(target.database("it's").connectionString.contains(#"dbname='it\'s'"#))
    }

    @Test(arguments: [
        ("plain", "'plain'"), ("it's", "'it''s'"), ("a\\b", " E'a\\\\b'"), ("a\\'b", " E'a\\\\''b'"),
    ])
    func literalsAreQuoted(text: String, expected: String) {
        #expect(quoteLiteral(text) == expected)
        #expect(quoteIdentifier("a\"b") == "\"a\"\"b\"")
    }

    /// To Swift a quotation mark with an accent behind it is one character, which is no quotation mark.
    @Test func combiningMarksHideNoQuotes() async throws {
        let hostile = "x\"\u{301} --'\u{301}\\\u{301}"
        #expect(
            quoteIdentifier(hostile).unicodeScalars.elementsEqual("\"x\"\"\u{301} --'\u{301}\\\u{301}\"".unicodeScalars)
        )
        try await withConnection { connection in
            let row = try await connection.query(
                "SELECT \(quoteLiteral(hostile)) AS text, ARRAY[$1, 'b'] AS list", [hostile])
            let text = try row[0].need("text", as: String.self)
            let list = try row[0].need("list", as: [String].self)
            #expect(text.utf8.elementsEqual(hostile.utf8))
            #expect(list.count == 2 && list[0].utf8.elementsEqual(hostile.utf8))
        }
    }
}

/// After an error, a cancellation or an abandoned COPY, the next statement gets its own answer.
private func expectUsable(_ connection: Connection) async throws {
    let rows = try await connection.query("SELECT 42")
    #expect(try rows.first?.need(at: 0, as: Int.self) == 42)
}

/// A connection to a database of its own, on the server that tests share.
private func withConnection<Result: Sendable>(
    _ body: @Sendable (Connection) async throws -> Result
) async throws -> Result {
    try await TestServer.shared { server in
        try await Turn.take {
            try await withNewDatabase(on: server) { try await Postgres.withConnection(to: $0, body) }
        }
    }
}
