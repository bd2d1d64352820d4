import Findings
import Foundation
import PlanFile
import Restore
import Snapshots
import SystemPackage
import Testing

@testable import Checks
@testable import Drill

/// The strict decoder and `config/plan.schema.json` accept and refuse the same plans. The corpus lies in `Plans/`; each
/// invalid plan begins with a comment that holds how its message goes on after the file's name.
struct PlanSchemaTests {
    @Test(arguments: try Corpus.plans("Tests/DrillTests/Plans/valid") + Corpus.plans("drills"))
    func validPlansAreDecoded(_ file: String) throws {
        _ = try Plan(contentsOf: Corpus.path(file))
    }

    /// A slip in the name of a plan: what is there is said.
    @Test func aPlanThatIsNotThere() throws {
        let error = #expect(throws: PlanMistakes.self) { try Plan(contentsOf: Corpus.path("drills/wekly.yaml")) }
        #expect(
            error?.all.first?.problem
                == "there is no such file; in that directory there is: cold-storage-export.yaml, post-incident.yaml, rds-snapshot.yaml, weekly-recovery.yaml"
        )
        let nowhere = #expect(throws: PlanMistakes.self) { try Plan(contentsOf: "/nowhere/plan.yaml") }
        #expect(nowhere?.description == "/nowhere/plan.yaml: there is no such file")
    }

    /// AVA OLO's plan says something to every check that has settings, and why.
    @Test func theWeeklyPlanUsesEverySetting() throws {
        let plan = try String(contentsOfFile: Corpus.path("drills/weekly-recovery.yaml").string, encoding: .utf8)
        let lines = plan.split(separator: "\n", omittingEmptySubsequences: false)
        for key in checkCatalogue.filter({ $0.description.example != nil }).map(\.id.rawValue) {
            let line = try #require(lines.firstIndex { $0.hasPrefix("  \(key):") }, "\(key)")
            #expect(lines[line - 1].hasPrefix("  # "), "\(key)")
        }
    }

    /// What docs/checks.md shows of plans, as it stands there.
    @Test(arguments: checkCatalogue.map(\.id))
    func theExamplesOfTheChecksArePlans(_ id: CheckID) throws {
        let check = try #require(checkCatalogue.first { $0.id == id })
        let example = check.description.example ?? "{}"
        let lines = example.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let text = "name: example\nbackup: { path: /backup }\nchecks:\n  \(id):\n\(lines)\n"
        let file = FileManager.default.temporaryDirectory.appending(path: "example-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        _ = try Plan(contentsOf: FilePath(file.path))
    }

    @Test(arguments: try Corpus.plans("Tests/DrillTests/Plans/invalid"))
    func invalidPlansAreRefusedWithLineAndKey(_ file: String) throws {
        let path = Corpus.path(file)
        let text = String(decoding: try Data(contentsOf: URL(filePath: path.string)), as: UTF8.self)
        let comment = try #require(text.split(separator: "\n").first?.trimmingPrefix("# "))
        let error = try #require(throws: PlanMistakes.self) { try Plan(contentsOf: path) }
        #expect(error.all.contains { $0.description.hasPrefix("\(path)\(comment)") })
    }

    /// Plans that the decoder refuses and JSON Schema cannot, each with the reason.
    private static let beyondJSONSchema = [
        "row-count-minimum-above-maximum": "two values are compared",
        "table-twice": "two keys are spellings of one name", "column-twice": "two keys are spellings of one name",
        "json-column-twice": "two keys are spellings of one name", "index-twice": "two words are spellings of one name",
        "partitioned-table-twice": "two keys are spellings of one name",
        "time-zone": "the time zones are those of the machine", "server-unreadable": "libpq reads connection strings",
        "server-with-a-password": "libpq reads connection strings",
        "duration-of-centuries": "a sum is bounded", "size-beyond-counting": "a product is bounded",
        "merge-key": "YAML readers merge before a schema sees the plan",
        "sql-maximum-below-minimum": "two values are compared",
        "sql-that-writes": "a JSON Schema reads no SQL", "queries-that-write": "a JSON Schema reads no SQL",
        "security-twice": "two keys are spellings of one name",
        "erasure-twice": "two keys are spellings of one name",
        "queries-index-twice": "two keys are spellings of one name",
        "export-row-group": "a product is bounded", "export-rate": "a product is bounded",
        "export-table-twice": "two keys are spellings of one name",
        "export-with-a-password": "libpq reads connection strings",
        "snapshot-address-beyond-ports": "a number within text is bounded",
        "jobs-hexadecimal": "to JSON 0x10 is 16", "jobs-with-a-point": "to JSON 2.0 is 2",
    ]

    @Test func schemaAgreesWithDecoder() throws {
        let valid = try Corpus.plans("Tests/DrillTests/Plans/valid") + Corpus.plans("drills")
        let invalid = try Corpus.plans("Tests/DrillTests/Plans/invalid")
        #expect(valid.count > 15 && invalid.count > 90, "the corpus is found")
        let problems = try Corpus.judgedBySchema(valid + invalid)
        for file in valid { #expect(problems[file] == [], "\(file)") }
        let accepted = invalid.filter { problems[$0] == [] }.compactMap { FilePath($0).lastComponent?.stem }
        #expect(Set(accepted) == Set(Self.beyondJSONSchema.keys))
    }

    /// A key that only one of the two knows would be missing from the corpus as well.
    @Test func schemaHasTheKeysOfTheDecoder() throws {
        let data = try Data(contentsOf: URL(filePath: Corpus.path("config/plan.schema.json").string))
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        func keys(_ path: String...) throws -> Set<String> {
            let object = try path.reduce(schema) { object, key in
                try #require(object[key] as? [String: Any], "\(path): \(key)")
            }
            return Set(try #require(object["properties"] as? [String: Any]).keys)
        }
        #expect(try keys() == Set(Plan.keys))
        #expect(try keys("properties", "backup") == Set(BackupSource.keys))
        #expect(
            try keys("properties", "backup", "properties", "snapshot") == Set(SnapshotSource.keys))
        #expect(try keys("properties", "objectives") == Set(Objectives.keys))
        #expect(try keys("properties", "scratch") == Set(ScratchPlan.keys))
        #expect(try keys("properties", "production") == ["systemIdentifiers", "hosts"])
        #expect(try keys("properties", "limits") == Set(Limits.keys))
        // Sections without settings need no key of their own in the schema.
        let withSettings = Set(checkCatalogue.filter { $0.description.example != nil }.map(\.id.rawValue) + ["skip"])
        let known = try keys("properties", "checks")
        #expect(known.isSuperset(of: withSettings), "\(withSettings.subtracting(known))")
        #expect(known.isSubset(of: CheckPlan.keys), "\(known.subtracting(CheckPlan.keys))")
        let checks = ["properties", "checks", "properties"]
        #expect(
            try keys(checks[0], checks[1], checks[2], "row-counts", "additionalProperties")
                == Set(RowCountExpectation.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "freshness", "additionalProperties")
                == Set(FreshnessExpectation.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "jsonb", "additionalProperties") == Set(JSONBExpectation.keys))
        #expect(try keys(checks[0], checks[1], checks[2], "indexes") == Set(IndexesCheck.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "partitions", "additionalProperties")
                == Set(PartitionExpectation.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "extensions", "additionalProperties")
                == Set(ExtensionExpectation.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "schema-version") == Set(SchemaVersionExpectation.keys))
        #expect(try keys(checks[0], checks[1], checks[2], "erasure") == Set(ErasureExpectation.keys))
        #expect(
            try keys(
                checks[0], checks[1], checks[2], "erasure", "properties", "columns", "additionalProperties")
                == Set(ErasedKeyList.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "security", "additionalProperties")
                == Set(SecurityExpectation.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "sql", "additionalProperties") == Set(SQLExpectation.keys))
        #expect(
            try keys(checks[0], checks[1], checks[2], "queries", "additionalProperties") == Set(QueryExpectation.keys))
    }
}

/// The files of the corpus, by their paths below the package, and what the reference tools say of them.
private enum Corpus {
    static func path(_ file: String) -> FilePath { root.appending(file) }

    static func plans(_ directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(directory).string)
            .filter { $0.hasSuffix(".yaml") }.sorted().map { "\(directory)/\($0)" }
    }

    /// What is wrong with each plan by PyYAML and jsonschema: of the Python named by PGASSAY_PYTHON, else the one in
    /// `.venv`.
    static func judgedBySchema(_ files: [String]) throws -> [String: [String]] {
        let output = FileManager.default.temporaryDirectory.appending(path: "plan-schema-\(UUID().uuidString)")
        try Data().write(to: output)
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(
            filePath: ProcessInfo.processInfo.environment["PGASSAY_PYTHON"] ?? path(".venv/bin/python").string)
        process.arguments = ["Tests/DrillTests/plan_schema_oracle.py", "config/plan.schema.json"] + files
        process.currentDirectoryURL = URL(filePath: root.string)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the reference tools read the corpus")
        return try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: output))
    }

    private static let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent()
}
