import ColdTier
import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// One export in each layout, of the tables of `readable.sql` and `samples.sql`, and what PostgreSQL says of them. All engines
/// read the same files.
struct EngineExports: Sendable {
    var exports: [ExportLayout: (root: FilePath, manifest: ExportManifest)] = [:]
    /// By table: the rows of each query.
    var answers: [String: [[[String?]]]] = [:]
    /// Every value of `samples`.
    var samples: [[String?]] = []

    static let made = Once { () -> EngineExports in
        try await ColdDesk.with(try sql("readable") + sql("samples")) { desk in
            var made = EngineExports()
            for layout in ExportLayout.allCases {
                let root = SharedDirectory.path.appending("engines-\(layout.rawValue)")
                let exported = try await desk.export(
                    (name: "messages", column: "sent"), (name: "readings", column: "moment"),
                    (name: "samples", column: "a_time")
                ) {
                    $0.layout = layout
                    $0.compression.rowGroupBytes = 64 << 10
                    $0.output = root.string
                }
                try #require(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
                try Data(desk.key.publicKey.pem.utf8).write(to: URL(filePath: root.appending("public-key.pem").string))
                made.exports[layout] = (root, exported.manifest)
            }
            (made.answers, made.samples) = try await withConnection(
                to: desk.server.target(database: "source"), settings: ["TimeZone": "UTC"]
            ) { connection in
                func rows(_ query: String) async throws -> [[String?]] {
                    try await connection.query(query).map { row in try (0..<row.width).map { try row.get(at: $0) } }
                }
                var answers: [String: [[[String?]]]] = [:]
                for table in ["messages", "readings"] {
                    try await connection.execute("CREATE TEMPORARY VIEW exported AS SELECT * FROM \(table)")
                    for question in EngineQuestion.about(table) {
                        answers[table, default: []].append(try await rows(question.sql))
                    }
                    try await connection.execute("DROP VIEW exported")
                }
                return (answers, try await rows("SELECT * FROM samples ORDER BY id"))
            }
            return made
        }
    }

    /// What an engine is asked about a table in a layout.
    /// - Parameter isTyped: false leaves it to the engine to find the types.
    func request(
        _ table: String, _ layout: ExportLayout, for engine: Engines.Name, isTyped: Bool = true
    ) throws -> Engines.Table {
        let (root, manifest) = try #require(exports[layout])
        let table = try #require(manifest.tables.first { $0.name == table })
        // What a column fell back to is in the manifest of the Parquet files; infinite times are the same in every layout.
        let columns = try #require(exports[.parquet]?.manifest.tables.first { $0.name == table.name })
        return Engines.Table(
            path: root.appending(table.directory), layout: layout.rawValue, timeColumn: table.timeColumn,
            columns: isTyped ? table.shapes[0].columns.map { Engines.Column($0.name, $0.type) } : nil,
            fallbacks: columns.fallbacks,
            queries: EngineQuestion.about(table.name).filter { engine.asks($0) }.map { $0.words[engine] ?? $0.sql },
            wantsValues: isTyped && table.name == "samples")
    }
}

extension ExportManifest.Table {
    /// The columns that are text in a slice, by the last name of its directory.
    fileprivate var fallbacks: [String: [String]] {
        Dictionary(
            uniqueKeysWithValues: slices.map { slice in
                (String(slice.directory.dropFirst(directory.count + 1)), (slice.fallbacks ?? []).map(\.column))
            })
    }
}

/// A query over the view `exported`, in PostgreSQL's words and, where an engine needs others, in those.
struct EngineQuestion: Sendable {
    let sql: String
    var words: [Engines.Name: String] = [:]

    static func about(_ table: String) -> [EngineQuestion] {
        switch table {
        case "messages": messages
        case "readings": readings
        default: []
        }
    }

    private static let messages = [
        EngineQuestion(
            sql:
                "SELECT sender, count(*), count(message), sum(length(message)) FROM exported GROUP BY sender ORDER BY sender",
            words: [
                // Its `length` is that of the bytes.
                .clickhouse:
                    "SELECT sender, count(*), count(message), sum(lengthUTF8(message)) FROM exported GROUP BY sender ORDER BY sender"
            ]),
        EngineQuestion(
            sql: """
                SELECT count(DISTINCT farmer_id), min(sent), max(sent), count(CASE WHEN message = '' THEN 1 END)
                FROM exported WHERE sent >= '2022-07-15 12:00:00+00'
                """,
            words: [
                .clickhouse: """
                SELECT count(DISTINCT farmer_id), min(sent), max(sent), count(CASE WHEN message = '' THEN 1 END)
                FROM exported WHERE sent >= toDateTime64('2022-07-15 12:00:00', 6, 'UTC')
                """
            ]),
        EngineQuestion(sql: "SELECT message, count(*), min(id) FROM exported GROUP BY message ORDER BY min(id)"),
    ]

    private static let readings = [
        EngineQuestion(
            sql: """
                SELECT urgent, count(*), sum(amount), min(day), max(day) FROM exported GROUP BY urgent
                ORDER BY urgent NULLS LAST
                """),
        EngineQuestion(
            sql: "SELECT level, count(*), max(id) FROM exported WHERE level < 1e10 GROUP BY level ORDER BY level"),
        EngineQuestion(
            sql: "SELECT place, tags, raw, count(*), count(details) FROM exported GROUP BY place, tags, raw"),
        EngineQuestion(
            sql: "SELECT details ->> 'crop' AS crop, count(*) FROM exported GROUP BY 1 ORDER BY 2, 1 NULLS LAST",
            words: [
                .duckdb:
                    "SELECT details ->> '$.crop' AS crop, count(*) FROM exported GROUP BY 1 ORDER BY 2, 1 NULLS LAST",
                .spark: """
                SELECT get_json_object(details, '$.crop') AS crop, count(*) FROM exported GROUP BY 1
                ORDER BY 2, 1 NULLS LAST
                """,
            ]),
    ]
}

extension Engines.Name {
    /// Which queries an engine is asked: what needs its own words for UUIDs, bytes and JSON, only those that have them here.
    func asks(_ question: EngineQuestion) -> Bool {
        switch self {
        case .duckdb, .spark: true
        case .pyarrow, .fastparquet, .iceberg: question.sql.contains("message")
        case .polars, .datafusion, .clickhouse: !question.sql.contains("details")
        }
    }

    /// The layouts that it says it reads.
    var layouts: [ExportLayout] {
        switch self {
        case .fastparquet, .iceberg: [.parquet]
        case .clickhouse: [.parquet, .csv, .jsonl, .copy]
        default: [.parquet, .csv, .jsonl]
        }
    }
}

extension ColdDesk {
    /// Exports the tables of `readable.sql`, in files of several row groups.
    func exportReadable(
        _ layout: ExportLayout, _ change: (inout ExportRequest) -> Void = { _ in }
    ) async throws -> ExportResult {
        let exported = try await export((name: "messages", column: "sent"), (name: "readings", column: "moment")) {
            $0.layout = layout
            $0.compression.rowGroupBytes = 64 << 10
            change(&$0)
        }
        try #require(exported.judgement.verdict == .passed, "\(Self.complaints(exported.findings))")
        #expect(exported.manifest.tables[0].slices[0].parts[0].rowGroups > 1)
        return exported
    }
}
