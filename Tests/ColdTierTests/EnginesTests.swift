import ColdTier
import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// DuckDB and Spark read an export as PostgreSQL knows it, in the way that the runbook tells their users.
@Suite struct EnginesTests {
    /// What every engine and PostgreSQL understand alike.
    private static let questions = [
        "messages": [
            "SELECT sender, count(*), count(message), sum(length(message)) FROM exported GROUP BY sender ORDER BY sender",
            """
            SELECT count(DISTINCT farmer_id), min(sent), max(sent), count(CASE WHEN message = '' THEN 1 END)
            FROM exported WHERE sent >= '2022-07-15 12:00:00+00'
            """,
            "SELECT message, count(*), min(id) FROM exported GROUP BY message ORDER BY min(id)",
        ],
        "readings": [
            """
            SELECT urgent, count(*), sum(amount), min(day), max(day) FROM exported GROUP BY urgent
            ORDER BY urgent NULLS LAST
            """,
            "SELECT level, count(*), max(id) FROM exported WHERE level < 1e10 GROUP BY level ORDER BY level",
            "SELECT place, tags, raw, count(*), count(details) FROM exported GROUP BY place, tags, raw",
        ],
    ]

    /// What is in JSON is asked for in each engine's own words.
    private static let crops = [
        "postgres": "SELECT details ->> 'crop' AS crop, count(*) FROM exported GROUP BY 1 ORDER BY 2, 1 NULLS LAST",
        "duckdb": "SELECT details ->> '$.crop' AS crop, count(*) FROM exported GROUP BY 1 ORDER BY 2, 1 NULLS LAST",
        "spark": """
        SELECT get_json_object(details, '$.crop') AS crop, count(*) FROM exported GROUP BY 1 ORDER BY 2, 1 NULLS LAST
        """,
    ]

    /// The manifests of exports, one for each layout that engines read, and what PostgreSQL answers.
    private struct Made: Sendable {
        var exports: [(root: FilePath, manifest: ExportManifest)] = []
        /// By table.
        var answers: [String: [[[String?]]]] = [:]
    }

    private static let made = Once { () -> Made in
        try await ColdDesk.with(try sql("readable")) { desk in
            var made = Made()
            for layout in [ExportLayout.csv, .jsonl, .parquet] {
                let root = SharedDirectory.path.appending("engines-\(layout.rawValue)")
                let exported = try await desk.exportReadable(layout) { $0.output = root.string }
                made.exports.append((root, exported.manifest))
            }
            for table in ["messages", "readings"] {
                let questions = questions[table]! + (table == "readings" ? [crops["postgres"]!] : [])
                made.answers[table] = try await withConnection(
                    to: desk.server.target(database: "source"), settings: ["TimeZone": "UTC"]
                ) { connection in
                    try await connection.execute("CREATE TEMPORARY VIEW exported AS SELECT * FROM \(table)")
                    var answers: [[[String?]]] = []
                    for question in questions {
                        let rows = try await connection.query(question)
                        answers.append(try rows.map { row in try (0..<row.width).map { try row.get(at: $0) } })
                    }
                    return answers
                }
            }
            return made
        }
    }

    private static func requests(_ engine: String, typed: Bool) async throws -> [Engines.Table] {
        var requests: [Engines.Table] = []
        for (root, manifest) in try await made.value.exports {
            for table in manifest.tables where typed || table.name == "messages" {
                var queries = questions[table.name]!
                if table.name == "readings" { queries.append(crops[engine]!) }
                let columns = table.shapes[0].columns.map { Engines.Column($0.name, $0.type) }
                requests.append(
                    Engines.Table(
                        path: root.appending(table.directory), layout: manifest.layout.rawValue,
                        timeColumn: table.timeColumn, columns: typed ? columns : nil, fallbacks: table.fallbacks,
                        queries: queries))
            }
        }
        return requests
    }

    private static let messageSlices = ["2022-07": 248, "2022-08": 248, "2022-09": 104]
    private static let readingSlices = ["2022-07": 40, "2022-08": 20, "": 20, "-infinity": 20]
    private static let spark = Once { () -> [Engines.Answer] in
        // The samples are the last.
        try await Engines.spark(
            requests("spark", typed: true) + requests("spark", typed: false) + [samples.value.table])
    }
    private static let duckdb = Once { () -> [Engines.Answer] in
        try await Engines.duckdb(requests("duckdb", typed: true) + requests("duckdb", typed: false))
    }

    private static func answers(_ engine: String) async throws -> [Engines.Answer] {
        try await engine == "spark" ? spark.value : duckdb.value
    }

    @Test("With the types that the manifest has, every value is PostgreSQL's", arguments: ["duckdb", "spark"])
    func typed(_ engine: String) async throws {
        let truth = try await Self.made.value.answers
        let answers = try await Self.answers(engine)
        for (layout, pair) in [("csv", answers[0...1]), ("jsonl", answers[2...3]), ("parquet", answers[4...5])] {
            let (messages, readings) = (pair.first!, pair.last!)
            #expect(messages.slices == Self.messageSlices, "\(layout)")
            #expect(messages.rows == 600, "\(layout)")
            #expect(messages.minimum == "2022-07-01 00:00:00.000001+00", "\(layout)")
            #expect(messages.maximum == "2022-09-13 21:00:00.004194+00", "\(layout)")
            #expect(messages.answers == truth["messages"], "\(layout)")
            #expect(readings.slices == Self.readingSlices, "\(layout)")
            #expect(readings.rows == 100, "\(layout)")
            // Spark has no infinite times: it reads them as NULL.
            #expect(readings.minimum == (engine == "spark" ? "2022-07-01 00:00:00+00" : "-infinity"), "\(layout)")
            #expect(readings.maximum == "2022-08-01 00:00:00+00", "\(layout)")
            #expect(readings.answers == truth["readings"], "\(layout)")
        }
    }

    // MARK: Parquet

    /// One column of each type that Parquet has, and of those that it has not.
    private static let samples = Once { () -> (table: Engines.Table, truth: [[String?]]) in
        try await ColdDesk.with(try sql("samples")) { desk in
            let root = SharedDirectory.path.appending("engines-samples")
            let exported = try await desk.export((name: "samples", column: "a_time")) {
                $0.layout = .parquet
                $0.output = root.string
                $0.compression.rowGroupBytes = 64 << 10
            }
            try #require(exported.judgement.verdict == .passed, "\(ColdDesk.complaints(exported.findings))")
            let table = exported.manifest.tables[0]
            #expect(table.slices.count == 1)
            #expect(
                table.slices[0].fallbacks == [
                    .init(column: "a_loose", reason: .digits), .init(column: "a_late", reason: .infinity),
                    .init(column: "a_grid", reason: .shape),
                ])
            let truth = try await withConnection(
                to: desk.server.target(database: "source"), settings: ["TimeZone": "UTC"]
            ) { connection in
                try await connection.query("SELECT * FROM samples ORDER BY id").map { row -> [String?] in
                    try (0..<row.width).map { try row.get(at: $0) }
                }
            }
            let columns = table.shapes[0].columns
            let query = "SELECT \(columns.map(\.name).joined(separator: ", ")) FROM exported ORDER BY id"
            return (
                Engines.Table(
                    path: root.appending(table.directory), layout: "parquet", timeColumn: "a_time",
                    columns: columns.map { Engines.Column($0.name, $0.type) }, fallbacks: table.fallbacks,
                    queries: [query]), truth
            )
        }
    }

    @Test("DuckDB finds in Parquet the types that PostgreSQL has, and every value")
    func duckdbTypes() async throws {
        let (samples, truth) = try await Self.samples.value
        var table = samples
        table.columns = nil
        let answer = try await Engines.duckdb([table])[0]
        #expect(
            answer.types == [
                "id": "BIGINT", "a_small": "SMALLINT", "a_whole": "INTEGER", "a_truth": "BOOLEAN", "a_real": "FLOAT",
                "a_double": "DOUBLE", "an_exact": "DECIMAL(38,10)", "a_share": "DECIMAL(3,3)", "a_loose": "VARCHAR",
                "a_day": "DATE", "a_local": "TIMESTAMP", "a_time": "TIMESTAMP WITH TIME ZONE", "a_late": "VARCHAR",
                "a_uuid": "UUID", "a_text": "VARCHAR", "a_fixed": "VARCHAR", "a_jsonb": "JSON", "a_json": "JSON",
                "a_raw": "BLOB", "a_mood": "VARCHAR", "a_length": "VARCHAR", "wholes": "INTEGER[]",
                "texts": "VARCHAR[]", "amounts": "DECIMAL(6,2)[]", "days": "DATE[]", "truths": "BOOLEAN[]",
                "a_grid": "VARCHAR", "month": "VARCHAR",
            ])
        #expect(answer.answers == [truth])
    }

    /// It refuses to find out about columns of type UUID, so it is told the types.
    @Test("Spark reads the types that PostgreSQL has, and every value")
    func sparkTypes() async throws {
        let types = [
            "id": "bigint", "a_small": "smallint", "a_whole": "int", "a_truth": "boolean", "a_real": "float",
            "a_double": "double", "an_exact": "decimal(38,10)", "a_share": "decimal(3,3)", "a_loose": "string",
            "a_day": "date", "a_local": "timestamp_ntz", "a_time": "timestamp", "a_late": "string",
            "a_uuid": "string", "a_text": "string", "a_fixed": "string", "a_jsonb": "string", "a_json": "string",
            "a_raw": "binary", "a_mood": "string", "a_length": "string", "wholes": "array<int>",
            "texts": "array<string>", "amounts": "array<decimal(6,2)>", "days": "array<date>",
            "truths": "array<boolean>", "a_grid": "string",
        ]
        let truth = try await Self.samples.value.truth
        let answer = try #require(try await Self.spark.value.last)
        #expect(answer.types.filter { $0.key != "month" } == types)
        #expect(answer.answers == [truth])
    }

    @Test("Without types, engines find those of a plain table", arguments: ["duckdb", "spark"])
    func guessed(_ engine: String) async throws {
        let truth = try await Self.made.value.answers
        let answers = try await Self.answers(engine)[6...8]
        for answer in answers {
            #expect(answer.slices == Self.messageSlices)
            #expect(answer.rows == 600)
            #expect(answer.minimum == "2022-07-01 00:00:00.000001+00")
            #expect(answer.answers == truth["messages"])
            #expect(answer.types["month"]?.lowercased() == (engine == "spark" ? "string" : "varchar"))
        }
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
