import ColdTier
import Foundation
import Postgres
import Rows
import Scratch
import SystemPackage
import TestSupport
import Testing

/// PostgreSQL itself, and Python's reader of JSON, say whether files hold the rows that they should.
@Suite struct ServerRowsTests {
    private static let tables = [
        "every_type", "hostile_text", "one_text", "one_number", "one_boolean", "one_jsonb", "nothing", "no_rows",
    ]

    @Test("The server reads our CSV, Python our JSON, and each layout gives the rows back", arguments: [15, 17])
    func everyType(_ major: Int) async throws {
        let script = try String(contentsOfFile: Self.directory.appending("SQL/every-type.sql").string, encoding: .utf8)
        try await TestServer.with(major: major) { server in
            try await withConnection(
                to: server.target(database: "postgres"), settings: CanonicalSettings.values
            ) { connection in
                try await connection.execute("SET search_path = public")
                try await connection.execute(script)
                for table in Self.tables { try await Self.check(table, connection) }
                try await Self.checkTimes(connection)
            }
        }
    }

    private static func check(_ table: String, _ connection: Connection) async throws {
        let columns = try await columns(of: table, connection)
        let rows = try await rows(of: table, columns, connection)
        #expect(rows.isEmpty == (table == "no_rows"))
        for layout in TextLayout.allCases {
            let bytes = try RowCodingTests.write(rows, layout, columns)
            #expect(try RowCodingTests.read(bytes, layout, columns) == rows, "\(table) as \(layout)")
            let cuts = Array(stride(from: 0, to: bytes.count, by: 1021))
            #expect(try RowCodingTests.read(bytes, layout, columns, cuts: cuts) == rows, "\(table) as \(layout)")
            switch layout {
            case .csv:
                let loaded = try await load(bytes, "(FORMAT csv, HEADER match)", table, columns, connection)
                #expect(loaded == rows, "\(table)")
            case .copy:
                let loaded = try await load(bytes, "", table, columns, connection)
                #expect(loaded == rows, "\(table)")
            case .jsonl:
                #expect(try await readByPython(bytes, columns) == rows, "\(table)")
            }
        }
    }

    private static func columns(of table: String, _ connection: Connection) async throws -> [ExportColumn] {
        try await connection.query(
            """
            SELECT attname AS name, format_type(atttypid, atttypmod) AS type,
                CASE WHEN atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype,
                    'float4'::regtype, 'float8'::regtype) THEN 'number'
                WHEN atttypid = 'bool'::regtype THEN 'boolean' WHEN atttypid = 'jsonb'::regtype THEN 'json'
                ELSE 'text' END AS kind
            FROM pg_attribute
            WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            ORDER BY attnum
            """, [table]
        ).map {
            ExportColumn(
                name: try $0.need("name"), type: try $0.need("type"),
                kind: try #require(ExportColumn.Kind(rawValue: try $0.need("kind"))))
        }
    }

    private static func list(_ columns: [ExportColumn]) -> String {
        columns.map { "\"\($0.name.replacing("\"", with: "\"\""))\"" }.joined(separator: ", ")
    }

    private static func rows(
        of table: String, _ columns: [ExportColumn], _ connection: Connection
    ) async throws -> [String] {
        var splitter = CopyRows()
        var rows: [String] = []
        try await connection.startCopyOut("COPY (SELECT \(list(columns)) FROM ONLY \(table)) TO STDOUT")
        while let bytes = try await connection.readCopy() {
            try bytes.withUnsafeBytes { bytes in
                try splitter.read(bytes) { rows.append(String(decoding: $0, as: UTF8.self)) }
            }
        }
        try splitter.finish()
        return rows
    }

    /// What the server has of a file that it read into an empty table.
    private static func load(
        _ bytes: [UInt8], _ options: String, _ table: String, _ columns: [ExportColumn], _ connection: Connection
    ) async throws -> [String] {
        try await connection.execute(
            "DROP TABLE IF EXISTS loaded; CREATE TABLE loaded (LIKE \(table) INCLUDING GENERATED)")
        let list = columns.isEmpty ? "" : "(\(list(columns)))"
        try await connection.startCopyIn("COPY loaded \(list) FROM STDIN \(options)")
        try await connection.writeCopy(bytes)
        try await connection.endCopyIn()
        return try await rows(of: "loaded", columns, connection)
    }

    private static func readByPython(_ bytes: [UInt8], _ columns: [ExportColumn]) async throws -> [String] {
        try await withTemporaryDirectory { directory in
            let file = directory.appending("rows.jsonl")
            try Data(bytes).write(to: URL(filePath: file.string))
            let names = try JSONEncoder().encode(columns.map { [$0.name, $0.kind.rawValue] })
            let outcome = try await Program("/bin/sh").run(
                [
                    "-c", "\"$1\" \"$2\" \"$3\" < \"$4\"", "sh", python, oracle, String(decoding: names, as: UTF8.self),
                    file.string,
                ],
                in: directory, environment: [:])
            try #require(outcome.exitCode == 0, "\(outcome.errors)")
            var rows: [String] = []
            var splitter = CopyRows()
            try Array(outcome.output.utf8).withUnsafeBytes { bytes in
                try splitter.read(bytes) { rows.append(String(decoding: $0, as: UTF8.self)) }
            }
            return rows
        }
    }

    /// Times of all forms, as this server prints and orders them.
    private static func checkTimes(_ connection: Connection) async throws {
        for type in ["timestamptz", "timestamp", "date"] {
            let texts: [String] = try await connection.query(
                """
                SELECT t::\(type)::text AS text
                FROM unnest(ARRAY['-infinity', 'infinity', '4714-11-24 BC', '0001-12-31 23:59:59.999999 BC', '294276-12-31',
                    '0001-01-01', '1999-12-31 23:59:59.9', '2000-01-01', '9999-12-31 00:00:00.000001', '10000-01-01']) AS t
                UNION ALL
                SELECT (timestamp '4713-01-01 BC' + n * interval '1 year 17 days 13:14:15.161718')::\(type)::text
                FROM generate_series(1, 10000) AS n
                UNION ALL
                SELECT '5874897-12-31' WHERE '\(type)' = 'date'
                """
            ).map { try $0.need("text") }
            let ordered: [String] = try await connection.query(
                "SELECT t::text AS text FROM unnest($1::\(type)[]) AS t ORDER BY t",
                ["{\(texts.map { "\"\($0)\"" }.joined(separator: ","))}"]
            ).map { try $0.need("text") }
            let times = try ordered.map { try #require(DatabaseTime($0), "\($0)") }
            #expect(times.map(\.description) == ordered)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "\(type)")
        }
    }

    private static let directory = FilePath(#filePath).removingLastComponent()
    private static let oracle = directory.appending("jsonl_oracle.py").string
    /// The Python named by PGASSAY_PYTHON, else the one in `.venv`.
    private static let python =
        ProcessInfo.processInfo.environment["PGASSAY_PYTHON"]
        ?? directory.removingLastComponent().removingLastComponent().appending(".venv/bin/python").string
}
