import ColdTier
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What engines make of an export, in the way that the runbook tells their users, compared with PostgreSQL.
@Suite struct EnginesTests {
    private static let messageSlices = ["2022-07": 248, "2022-08": 248, "2022-09": 104]

    @Test(
        "With the types that the manifest has, DuckDB and Spark have every value as PostgreSQL has it",
        arguments: [Engines.Name.duckdb, .spark])
    func typed(_ engine: Engines.Name) async throws {
        let truth = try await EngineExports.made.value
        for layout in engine.layouts {
            let seen = try await EngineAnswers.of(engine, layout)
            let (messages, readings) = (try seen.messages.get(), try seen.readings.get())
            #expect(messages.slices == Self.messageSlices, "\(layout)")
            #expect(messages.answers == truth.answers["messages"], "\(layout)")
            #expect(readings.slices == ["2022-07": 40, "2022-08": 20, "": 20, "-infinity": 20], "\(layout)")
            // Spark has no infinite times: it reads them as NULL.
            #expect(readings.minimum == (engine == .spark ? "2022-07-01 00:00:00+00" : "-infinity"), "\(layout)")
            #expect(readings.maximum == "2022-08-01 00:00:00+00", "\(layout)")
            #expect(readings.answers == truth.answers["readings"], "\(layout)")
        }
    }

    @Test("DuckDB finds in Parquet the types that PostgreSQL has")
    func duckdbTypes() async throws {
        let answer = try await EngineAnswers.untyped("samples", .parquet, .duckdb)
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
    }

    /// It refuses to find out about columns of type UUID, so it is told the types.
    @Test("Spark reads in Parquet the types that PostgreSQL has")
    func sparkTypes() async throws {
        let answer = try await EngineAnswers.of(.spark, .parquet).samples.get()
        #expect(
            answer.types.filter { $0.key != "month" } == [
                "id": "bigint", "a_small": "smallint", "a_whole": "int", "a_truth": "boolean", "a_real": "float",
                "a_double": "double", "an_exact": "decimal(38,10)", "a_share": "decimal(3,3)", "a_loose": "string",
                "a_day": "date", "a_local": "timestamp_ntz", "a_time": "timestamp", "a_late": "string",
                "a_uuid": "string", "a_text": "string", "a_fixed": "string", "a_jsonb": "string", "a_json": "string",
                "a_raw": "binary", "a_mood": "string", "a_length": "string", "wholes": "array<int>",
                "texts": "array<string>", "amounts": "array<decimal(6,2)>", "days": "array<date>",
                "truths": "array<boolean>", "a_grid": "string",
            ])
    }

    @Test(
        "Without types, engines find those of a plain table", arguments: [Engines.Name.duckdb, .spark],
        [ExportLayout.csv, .jsonl, .parquet])
    func guessed(_ engine: Engines.Name, _ layout: ExportLayout) async throws {
        let truth = try await EngineExports.made.value
        let answer = try await EngineAnswers.untyped("messages", layout, engine)
        #expect(answer.slices == Self.messageSlices)
        #expect(answer.rows == 600)
        #expect(answer.minimum == "2022-07-01 00:00:00.000001+00")
        #expect(answer.answers == truth.answers["messages"])
        #expect(answer.types["month"]?.lowercased() == (engine == .spark ? "string" : "varchar"))
    }

    @Test("No engine but one that the runbook warns of loses a row of a plain table", arguments: Engines.Name.allCases)
    func rows(_ engine: Engines.Name) async throws {
        for layout in engine.layouts {
            let messages = try await EngineAnswers.of(engine, layout).messages.get()
            #expect(messages.rows == 600, "\(layout)")
            #expect(messages.minimum == "2022-07-01 00:00:00.000001+00", "\(layout)")
            #expect(messages.maximum == "2022-09-13 21:00:00.004194+00", "\(layout)")
        }
    }

    /// It lists directories in any order, and would take the type of `month` from the first.
    @Test("For ClickHouse, `month` is a text, whichever month it sees first")
    func clickHouseMonth() async throws {
        let exports = try await EngineExports.made.value
        let asked = try Engines.Name.clickhouse.layouts.map { layout in
            var table = try exports.request("readings", layout, for: .clickhouse)
            let alone = SharedDirectory.path.appending("engines-\(layout.rawValue)-infinity").string
            try FileManager.default.createDirectory(atPath: alone, withIntermediateDirectories: false)
            try FileManager.default.copyItem(
                atPath: "\(table.path)/month=-infinity", toPath: "\(alone)/month=-infinity")
            table.path = alone
            return table
        }
        for answer in try await Engines.ask(.clickhouse, asked) {
            #expect(try answer.get().slices == ["-infinity": 20])
        }
    }

    @Test("The table of the runbook is what was seen")
    func enginePageTests() async throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../runbooks/cold-storage.md"
        )
        .standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let place = try #require(text.firstMatch(of: /(?s)<!-- engines: [^\n]*-->\n\n(.*?)\n<!-- \/engines -->/))
        let table = try await EngineTable.seen()
        if ProcessInfo.processInfo.environment["PGASSAY_WRITE_PAGES"] != nil {
            try text.replacingCharacters(in: place.1.startIndex..<place.1.endIndex, with: table).write(
                to: page, atomically: true, encoding: .utf8)
        } else {
            #expect(String(place.1) == table, "an engine reads otherwise than the runbook says: run make docs")
        }
    }
}
