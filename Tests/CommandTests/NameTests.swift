import Findings
import Foundation
import Glibc
import Postgres
import SystemPackage
import TestSupport
import Testing

/// Names that mean something else to somebody: to libpq, to Unicode.
@Suite struct NameTests {
    static let rows = "CREATE TABLE t AS SELECT i FROM generate_series(1, 7) i;"

    /// PostgreSQL's programs take a database's name with an equals sign in it for a whole connection string.
    @Test func databasesNamedLikeAConnectionString() async throws {
        try await TestServer.with { server in
            try await withDesk { desk in
                // A name has 63 bytes, so the server gets a shorter one.
                let other = desk.root.appending("o")
                try FileManager.default.createSymbolicLink(
                    atPath: other.string, withDestinationPath: server.directory.socket.string)
                let names = [
                    "a=b", "host=/x port=5999 dbname=postgres", "host=\(other) user=postgres dbname=postgres",
                    "postgresql:///x",
                ]
                for name in names {
                    let drilled = try await desk.drill(try await desk.dump(Self.rows, database: name, on: server))
                    #expect(drilled.complaints == "", "\(name)")
                    #expect(drilled.exitCode == 0, "\(name)")
                    #expect(drilled.rows == ["public.t": 7], "\(name)")
                }
                let tables = try await withConnection(to: server.target(database: "postgres")) { connection in
                    try await connection.query("SELECT relname FROM pg_class WHERE relname = 't'").count
                }
                #expect(tables == 0, "it restored into the server that the name leads to")
            }
        }
    }

    /// Swift takes names for equal that look alike, and a quote with an accent behind it for no quote.
    @Test(arguments: ["custom", "plain"])
    func namesThatLookAlike(_ kind: String) async throws {
        let tables: [(name: String, rows: Int64)] = [
            ("caf\u{E9}", 2), ("cafe\u{301}", 3), ("x", 4), ("x\"\u{301} --", 5),
        ]
        try await withDesk { desk in
            let drilled = try await desk.drill(try await Dumps.named("twins.\(kind)"))
            #expect(drilled.complaints == "")
            #expect(drilled.exitCode == 0)
            #expect(drilled.report.tables.count == tables.count)
            for (name, rows) in tables {
                let counts = drilled.report.tables.filter { Array($0.name.utf8) == Array(name.utf8) }.map(\.rows)
                #expect(counts == [rows], "\(name.unicodeScalars)")
            }
            let decoded = Set(drilled.findings("jsonb").map { Array($0.subject.utf8) })
            for (name, count) in [("caf\u{E9}", 2), ("cafe\u{301}", 3)] {
                for column in ["\u{E9}", "e\u{301}"] {
                    let finding = drilled.findings("jsonb").first {
                        $0.subject.utf8.elementsEqual("public.\(name).\(column)".utf8)
                    }
                    #expect(finding?.observed == "\(count) values decoded", "\(decoded.count)")
                }
            }
        }
    }
}
