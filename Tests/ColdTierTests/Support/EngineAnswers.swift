import ColdTier
import TestSupport
import Testing

/// What each engine answered. An engine is one process, which is asked about all layouts at once.
struct EngineAnswers: Sendable {
    typealias Answer = Result<Engines.Answer, Engines.Failure>

    let messages: Answer
    let readings: Answer
    let samples: Answer

    /// What it says of the tables in a layout, with the types that the manifest has.
    static func of(_ engine: Engines.Name, _ layout: ExportLayout) async throws -> EngineAnswers {
        let all = try await answers(engine)
        func one(_ table: String) throws -> Answer { try #require(all[Asked(table, layout, true)]) }
        return EngineAnswers(messages: try one("messages"), readings: try one("readings"), samples: try one("samples"))
    }

    /// What it says of a table of which it has to find the types: `messages`, and `samples` in Parquet.
    static func untyped(
        _ table: String, _ layout: ExportLayout, _ engine: Engines.Name
    ) async throws -> Engines.Answer {
        try #require(try await answers(engine)[Asked(table, layout, false)]).get()
    }

    private struct Asked: Hashable {
        let table: String
        let layout: ExportLayout
        let isTyped: Bool

        init(_ table: String, _ layout: ExportLayout, _ isTyped: Bool) {
            self.table = table
            self.layout = layout
            self.isTyped = isTyped
        }
    }

    private static func answers(_ engine: Engines.Name) async throws -> [Asked: Answer] {
        try await #require(made[engine]).value
    }

    private static let made = Dictionary(
        uniqueKeysWithValues: Engines.Name.allCases.map { engine in
            (
                engine,
                Once { () -> [Asked: Answer] in
                    let exports = try await EngineExports.made.value
                    var asked = engine.layouts.flatMap { layout in
                        ["messages", "readings", "samples"].map { Asked($0, layout, true) }
                    }
                    if [.duckdb, .spark].contains(engine) {
                        asked += engine.layouts.map { Asked("messages", $0, false) }
                    }
                    if engine == .duckdb { asked.append(Asked("samples", .parquet, false)) }
                    let answers = try await Engines.ask(
                        engine, asked.map { try exports.request($0.table, $0.layout, for: engine, isTyped: $0.isTyped) }
                    )
                    try #require(answers.count == asked.count)
                    return Dictionary(uniqueKeysWithValues: zip(asked, answers))
                }
            )
        })
}

/// The table of engines, layouts and what each makes of which values.
enum EngineTable {
    /// What values are told apart in the table, and the columns of `samples` that have them.
    private static let traits: [(name: String, columns: [String], isText: Bool)] = [
        ("whole numbers, booleans", ["id", "a_small", "a_whole", "a_truth"], false),
        ("floats", ["a_real", "a_double"], false), ("`numeric(p,s)`", ["an_exact", "a_share"], false),
        ("`numeric`", ["a_loose"], false), ("dates, times", ["a_day", "a_local", "a_time"], false),
        ("infinite times", ["a_late"], false), ("UUID", ["a_uuid"], false),
        ("texts, empty and NULL", ["a_text", "a_fixed", "a_mood", "a_length"], true), ("`jsonb`", ["a_jsonb"], true),
        ("`json`", ["a_json"], true), ("`bytea`", ["a_raw"], false),
        ("arrays", ["wholes", "texts", "amounts", "days", "truths"], false),
    ]

    private static let names: [Engines.Name: String] = [
        .duckdb: "DuckDB", .spark: "Spark", .pyarrow: "pyarrow", .polars: "Polars", .datafusion: "DataFusion",
        .clickhouse: "ClickHouse", .fastparquet: "fastparquet", .iceberg: "PyIceberg",
    ]

    static func seen() async throws -> String {
        let head = ["engine", "layout", "queries", "`month`"] + traits.map(\.name)
        var rows = [head, head.map { _ in "---" }]
        for engine in Engines.Name.allCases {
            for layout in engine.layouts {
                let answers = try await EngineAnswers.of(engine, layout)
                rows.append(
                    [names[engine] ?? "", layout.rawValue] + (try await cells(engine, answers)))
            }
        }
        return rows.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    private static func cells(_ engine: Engines.Name, _ answers: EngineAnswers) async throws -> [String] {
        let truth = try await EngineExports.made.value
        var isRight = true
        for (table, answer) in [("messages", answers.messages), ("readings", answers.readings)] {
            let asked = zip(EngineQuestion.about(table), try #require(truth.answers[table]))
                .filter { engine.asks($0.0) }.map(\.1)
            // The table has a row for an engine only if it reads these two: the test says why one does not.
            let answer = try answer.get()
            isRight = isRight && answer.answers == asked
        }
        let readings = try answers.readings.get()
        let month =
            readings.isByFile == true || readings.slices.isEmpty
            ? "no"
            : readings.slices == ["2022-07": 40, "2022-08": 20, "": 20, "-infinity": 20] ? "yes" : "WRONG"
        guard case .success(let samples) = answers.samples else {
            return [isRight ? "yes" : "WRONG", month] + traits.map { _ in "refused" }
        }
        let names = try #require(truth.exports[.csv]).manifest.tables.first { $0.name == "samples" }
            .map { $0.shapes[0].columns.map(\.name) }
        let places = Dictionary(uniqueKeysWithValues: zip(try #require(names), 0...))
        let (values, texts) = (try #require(samples.values), try #require(samples.texts))
        let unread = try #require(samples.unread)
        try #require(values.count == truth.samples.count)
        return try [isRight ? "yes" : "WRONG", month]
            + traits.map { trait in
                if !unread.allSatisfy({ !trait.columns.contains($0) }) { return "no" }
                for column in trait.columns {
                    let place = try #require(places[column])
                    for (value, expected) in zip(values, truth.samples)
                    where value[place] != expected[place] && !isSame(value[place], expected[place], trait.name) {
                        return "WRONG"
                    }
                }
                return trait.isText ? "yes" : trait.columns.allSatisfy(texts.contains) ? "text" : "yes"
            }
    }

    /// Whether two documents of `jsonb` are the same: white space between their parts says nothing.
    private static func isSame(_ value: String?, _ expected: String?, _ trait: String) -> Bool {
        trait == "`jsonb`" && value?.filter { $0 != " " } == expected?.filter { $0 != " " }
    }
}
