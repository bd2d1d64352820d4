import Foundation
import Postgres
import Rows
import TestSupport
import Testing

@testable import ColdTier

/// What SQL makes of a row is what COPY writes of it, for every type and every character.
@Suite struct CanonicalSQLTests {
    @Test("Row by row the same, and in sum", arguments: [15, 17])
    func everyType(_ major: Int) async throws {
        // The PostgreSQL 17 of the tests has no ICU, and so no collation that takes different texts for equal.
        let more = """
            CREATE COLLATION loose (\(major == 15 ? "provider = icu, locale = 'und', deterministic = false" : "locale = 'C'"));
            CREATE TABLE odd (
                at timestamptz, address inet, range cidr, empty pair, fixed char(9), loose text COLLATE loose, name name,
                one "char", bits bit(3), search tsvector, path path, record pair[], mac macaddr, oid oid, day date);

            INSERT INTO odd
            SELECT timestamptz '2023-01-01 00:00:00+00', '192.168.0.1', '10.0.0.0/8', row(NULL, NULL)::pair, 'a ', E'A\\tb\\\\', E'n\\nm',
                chr(i)::"char", '101', 'a:1 b''c:2', '((0,1),(2,3))', array[row(NULL, NULL)::pair, NULL], '08:00:2b:01:02:03', i, '-infinity'
            FROM generate_series(1, 127) i;
            INSERT INTO odd (loose) SELECT 'x' || chr(i) || 'y' FROM generate_series(1, 1000) i;
            INSERT INTO odd DEFAULT VALUES;
            """
        try await ColdDesk.with(major: major, try sql("everything") + more) { desk in
            let target = desk.server.target(database: "source")
            for (table, column) in [("everything", "at"), ("odd", "at")] {
                try await withConnection(to: target, settings: CanonicalSettings.values) { connection in
                    let request = ExportRequest.Table(
                        name: TableName(schema: "public", name: table), timeColumn: column,
                        cutoff: .before("2024-01-01"))
                    let columns = try await SourceTable.read(request, over: connection).shape.columns
                    let names = columns.map { quoteIdentifier($0.name) }.joined(separator: ", ")
                    var copied: [String] = []
                    var sum = ContentSum()
                    var rows = CopyRows()
                    try await connection.startCopyOut("COPY (SELECT \(names) FROM public.\(table)) TO STDOUT")
                    while let piece = try await connection.readCopy() {
                        try piece.withUnsafeBytes { piece in
                            try rows.read(piece) { row in
                                sum.add(row: row)
                                copied.append(String(decoding: row, as: UTF8.self))
                            }
                        }
                    }
                    try rows.finish()
                    let built: [String] = try await connection.query(
                        "SELECT \(CanonicalSQL.canonicalRow(of: columns, row: "r")) FROM public.\(table) AS r"
                    ).map { try $0.need(at: 0) }
                    #expect(copied.count > 500)
                    for (one, other) in zip(copied.sorted(), built.sorted()) { #expect(one == other) }
                    #expect(copied.count == built.count)
                    let answer: String? = try await connection.query(
                        "SELECT \(CanonicalSQL.contentSum(of: columns, row: "r")) FROM public.\(table) AS r")[0].get(
                            at: 0)
                    #expect(answer == sum.description)
                    let none: String? = try await connection.query(
                        "SELECT \(CanonicalSQL.contentSum(of: columns, row: "r")) FROM public.\(table) AS r WHERE false"
                    )[0]
                    .get(at: 0)
                    #expect(none == ContentSum().description)
                }
            }
        }
    }
}
