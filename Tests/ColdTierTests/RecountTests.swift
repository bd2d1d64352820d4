import ColdTier
import Evidence
import Foundation
import Postgres
import Rows
import SystemPackage
import TestSupport
import Testing

/// `config/spark/recount.py` counts an export again on a real Spark, and finds what was changed.
@Suite struct RecountTests {
    /// An export of `messages` and `readings`, and the public key that it is checked with.
    private struct Exported: Sendable {
        let desk: ColdDesk
        let publicKey: FilePath

        var manifest: URL { URL(filePath: desk.output.appending(ExportManifest.fileName).string) }

        /// Changes what the manifest says, and signs it again or, without a key, does not.
        func rewrite(key: SigningKey?, _ change: (String) throws -> String) async throws {
            let envelope = try JSONDecoder().decode(Envelope.self, from: Data(contentsOf: manifest))
            let statement = String(decoding: try #require(Data(base64Encoded: envelope.payload)), as: UTF8.self)
            try await Data(Envelope(statement: Array(try change(statement).utf8), signer: key).encoded()).write(
                to: manifest)
        }

        /// Puts other lines into a file of the export.
        func rewriteLines(
            _ slice: String, _ layout: ExportLayout = .csv, _ change: (inout [Substring]) -> Void
        ) async throws {
            let file = desk.output.appending("\(slice)/part-00000.\(layout.rawValue).zst").string
            let zstd = Program("/usr/bin/zstd")
            let text = try await zstd.run(["-dc", file], in: "/", environment: [:]).output
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            change(&lines)
            let changed = desk.root.appending("changed").string
            try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: changed))
            let packed = try await zstd.run(["-q", "-f", changed, "-o", file], in: "/", environment: [:])
            try #require(packed.exitCode == 0, "\(packed.errors)")
        }
    }

    private static func export(_ layout: ExportLayout, at desk: ColdDesk) async throws -> Exported {
        try FileManager.default.createDirectory(atPath: desk.root.string, withIntermediateDirectories: true)
        _ = try await desk.exportReadable(layout)
        let publicKey = desk.root.appending("public-key.pem")
        try Data(desk.key.publicKey.pem.utf8).write(to: URL(filePath: publicKey.string))
        return Exported(desk: desk, publicKey: publicKey)
    }

    /// What is said of exports as they were made, by layout, and of one that was changed.
    private struct Recounted: Sendable {
        var equal: [ExportLayout: Engines.Recount] = [:]
        let changed: Engines.Recount
        let expected: [String: String]
        /// An export in Parquet that was changed.
        let columns: Engines.Recount
        let expectedOfColumns: [String: String]
        /// Exports of which a value was changed, a row is lost, and a row is there twice.
        let rows: [ExportLayout: Engines.Recount]
    }

    private static let changedSlices = ["messages/month=2022-07", "messages/month=2022-08", "messages/month=2022-09"]

    /// One Spark counts them all: to start it takes longer than its work.
    private static let recounted = Once { () -> Recounted in
        try await ColdDesk.with(try sql("readable")) { desk in
            var exports: [Exported] = []
            for (name, layout) in [("columns", ExportLayout.parquet), ("changed", .csv)] {
                let one = ColdDesk(server: desk.server, root: desk.root.appending(name))
                exports.append(try await export(layout, at: one))
            }
            let expected = try await damage(exports.last!)
            let expectedOfColumns = try damageColumns(exports[exports.count - 2])
            let rows: [ExportLayout] = [.jsonl, .copy, .parquet]
            var withRows: [Exported] = []
            for layout in rows {
                let one = ColdDesk(server: desk.server, root: desk.root.appending("rows-\(layout.rawValue)"))
                withRows.append(try await export(layout, at: one))
            }
            for (layout, one) in zip(rows, withRows) { try await changeRows(one, layout) }
            let made = try await EngineExports.made.value
            let good = try ExportLayout.allCases.map { layout in
                let root = try #require(made.exports[layout]).root
                return [root.string, "--public-key", root.appending("public-key.pem").string]
            }
            let all = good + exports.map { [$0.desk.output.string, "--public-key", $0.publicKey.string] }
            let some = withRows.map { [$0.desk.output.string, "--public-key", $0.publicKey.string] }
                .map { call in changedSlices.reduce(call) { $0 + ["--slice", $1] } }
            let said = try await Engines.recount(all + some)
            try #require(said.count == all.count + some.count)
            return Recounted(
                equal: Dictionary(uniqueKeysWithValues: zip(ExportLayout.allCases, said)),
                changed: said[all.count - 1], expected: expected, columns: said[all.count - 2],
                expectedOfColumns: expectedOfColumns,
                rows: Dictionary(uniqueKeysWithValues: zip(rows, said[all.count...])))
        }
    }

    /// Changes a value of July, removes a row of August, and doubles one of September.
    private static func changeRows(_ export: Exported, _ layout: ExportLayout) async throws {
        if layout != .parquet {
            for (slice, change) in zip(
                changedSlices,
                [
                    { (lines: inout [Substring]) in
                        let at = lines.firstIndex { $0.contains("farmer") }!
                        lines[at].replace("farmer", with: "former")
                    }, { lines in lines.remove(at: 7) }, { lines in lines.insert(lines[5], at: 9) },
                ])
            {
                try await export.rewriteLines(slice, layout, change)
            }
            return
        }
        // Files of the same table after it was changed.
        let desk = export.desk
        try await desk.execute(
            """
            ALTER TABLE messages DROP CONSTRAINT messages_pkey;
            UPDATE messages SET sender = 'former' WHERE id = 2;
            DELETE FROM messages WHERE id = 300;
            INSERT INTO messages SELECT * FROM messages WHERE id = 550;
            """)
        let other = desk.root.appending("other")
        _ = try await desk.exportReadable(.parquet) { $0.output = other.string }
        for slice in changedSlices {
            let file = "\(slice)/part-00000.parquet"
            try Data(contentsOf: URL(filePath: other.appending(file).string)).write(
                to: URL(filePath: desk.output.appending(file).string))
        }
    }

    /// By the name of the slice: what is said of it.
    private static func lines(_ outcome: Engines.Recount) -> [String: String] {
        var lines: [String: String] = [:]
        for line in outcome.output.split(separator: "\n") {
            guard let match = line.wholeMatch(of: /(\w+) +([^ ]+?): (.+)/) else { continue }
            // Sizes and digests of what a test made are its own.
            let said = match.3.replacing(/part-\d+\.[a-z.]+: expected \d+ bytes, found \d+ bytes(; )?/, with: "")
                .replacing(/expected [0-9a-f]{32}, found [0-9a-f]{32}/, with: "differs")
                .replacing(/found \d+ bytes/, with: "found a file")
            lines[String(match.2)] = "\(match.1): \(said)"
        }
        return lines
    }

    @Test("Slices that are as the manifest says are said to be, in every layout", arguments: ExportLayout.allCases)
    func equal(_ layout: ExportLayout) async throws {
        let outcome = try #require(try await Self.recounted.value.equal[layout])
        #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors.suffix(2000))")
        #expect(outcome.output.hasSuffix("\n8 of 8 slices are as the manifest says.\n"))
        let lines = Self.lines(outcome)
        #expect(
            lines["messages/month=2022-07"]
                == """
                equal: 248 rows, 2022-07-01 00:00:00.000001+00 to 2022-07-31 21:00:00.00173+00, the same digest
                """)
        #expect(
            lines["readings/month=__HIVE_DEFAULT_PARTITION__"]
                == "equal: 20 rows, no times, the same digest")
        #expect(
            lines["readings/month=-infinity"] == "equal: 20 rows, -infinity to -infinity, the same digest")
    }

    /// What is done to slices of `messages` and `readings`, and what the job has to say of each.
    private static func damage(_ export: Exported) async throws -> [String: String] {
        // A row is gone, another is not one, and a header is that of another table.
        try await export.rewriteLines("readings/month=2022-07") { $0.remove(at: 7) }
        try await export.rewriteLines("readings/month=-infinity") { $0.insert("1000,secret", at: 3) }
        try await export.rewriteLines("readings/month=2022-08") { $0[0].replace("amount", with: "amounts") }
        // A row is listed twice instead of the next one: only its key tells.
        try await export.rewriteLines("messages/month=2022-09") { lines in
            let plain = lines.indices.filter { lines[$0].contains(",\"\",") }
            lines[plain[1]] = lines[plain[0]]
        }
        // Cut off by a full disk, and deleted.
        try export.desk.damage("messages/month=2022-07/part-00000.csv.zst") { $0.removeLast($0.count - 300) }
        try FileManager.default.removeItem(atPath: export.desk.output.appending("messages/month=2022-08").string)
        // A day is another; and the manifest says that there is a time.
        try await export.rewriteLines("readings/month=__HIVE_DEFAULT_PARTITION__") { lines in
            lines[3].replace("2022-", with: "2023-")
        }
        try await export.rewrite(key: export.desk.key) {
            $0.replacing(
                /"name":"__HIVE_DEFAULT_PARTITION__"/,
                with: "\"minimum\":\"2022-07-02 00:00:00+00\",\"name\":\"__HIVE_DEFAULT_PARTITION__\"")
        }
        return [
            "messages/month=2022-07": "DIFFERS: part-00000.csv.zst cannot be read: it is cut off",
            "messages/month=2022-08": "DIFFERS: expected a directory, found none",
            "messages/month=2022-09": "DIFFERS: digest of the rows: differs; distinct keys: expected 104, found 103",
            "readings/month=2022-07": "DIFFERS: rows: expected 40, found 39; digest of the rows: differs",
            "readings/month=2022-08":
                "DIFFERS: part-00000.csv.zst cannot be read: its header does not name the columns of the manifest",
            "readings/month=-infinity": """
            DIFFERS: rows: expected 20, found 21; rows that cannot be read: expected 0, found 1; \
            digest of the rows: differs
            """,
            "readings/month=__HIVE_DEFAULT_PARTITION__":
                "DIFFERS: minimum: expected 2022-07-02 00:00:00+00, found none; digest of the rows: differs",
        ]
    }

    /// What is done to slices in Parquet, and what the job has to say of each.
    private static func damageColumns(_ export: Exported) throws -> [String: String] {
        let part = "part-00000.parquet"
        try export.desk.damage("messages/month=2022-07/\(part)") { $0.removeLast(300) }
        try export.desk.damage("messages/month=2022-08/\(part)") { $0[$0.count / 3] ^= 1 }
        try export.desk.damage("messages/month=2022-09/\(part)") { bytes in
            // The structure that the footer begins with.
            let size = bytes[(bytes.count - 8)...].prefix(4).enumerated().reduce(0) {
                $0 | Int($1.element) << (8 * $1.offset)
            }
            bytes[bytes.count - 8 - size] = 0xff
        }
        // Every file of a slice is counted.
        let october = export.desk.output.appending("readings/month=2022-07/\(part)").string
        try FileManager.default.copyItem(
            atPath: october, toPath: export.desk.output.appending("readings/month=2022-07/part-00009.parquet").string)
        // A column that is text in this slice, in the place of times.
        let old = export.desk.output.appending("readings/month=-infinity/\(part)").string
        let new = export.desk.output.appending("readings/month=2022-08/\(part)").string
        try FileManager.default.removeItem(atPath: new)
        try FileManager.default.copyItem(atPath: old, toPath: new)
        return [
            "messages/month=2022-07": "DIFFERS: part-00000.parquet cannot be read: it is damaged",
            "messages/month=2022-08":
                "DIFFERS: part-00000.parquet cannot be read: a page has another checksum than was stored with it",
            "messages/month=2022-09": "DIFFERS: part-00000.parquet cannot be read: it is damaged",
            "readings/month=2022-07": """
            DIFFERS: part-00009.parquet: expected none, found a file; rows: expected 40, found 80; \
            digest of the rows: differs
            """,
            "readings/month=2022-08":
                "DIFFERS: part-00000.parquet cannot be read: a column has another type than the manifest says",
        ]
    }

    @Test("A slice in Parquet that was changed is named, too")
    func changedColumns() async throws {
        let recounted = try await Self.recounted.value
        let outcome = recounted.columns
        #expect(outcome.exitCode == 1, "\(outcome.output)\(outcome.errors.suffix(2000))")
        #expect(
            Self.lines(outcome).filter { !$0.value.hasPrefix("equal") } == recounted.expectedOfColumns,
            "\(outcome.output)\(outcome.errors.suffix(4000))")
        #expect(outcome.output.hasSuffix("\n2 of 7 slices are as the manifest says.\n"))
    }

    @Test(
        "The digest finds a changed value, a lost row and a doubled row",
        arguments: [ExportLayout.jsonl, .copy, .parquet])
    func changedRows(_ layout: ExportLayout) async throws {
        let outcome = try #require(try await Self.recounted.value.rows[layout])
        #expect(outcome.exitCode == 1, "\(outcome.output)\(outcome.errors.suffix(2000))")
        #expect(
            Self.lines(outcome) == [
                "messages/month=2022-07": "DIFFERS: digest of the rows: differs",
                "messages/month=2022-08": """
                DIFFERS: rows: expected 248, found 247; digest of the rows: differs; \
                distinct keys: expected 248, found 247
                """,
                "messages/month=2022-09": "DIFFERS: rows: expected 104, found 105; digest of the rows: differs",
            ], "\(outcome.output)")
    }

    @Test("A slice that was changed is named, with what was expected and what was found")
    func changed() async throws {
        let recounted = try await Self.recounted.value
        let outcome = recounted.changed
        #expect(outcome.exitCode == 1, "\(outcome.output)\(outcome.errors.suffix(2000))")
        #expect(Self.lines(outcome) == recounted.expected)
        #expect(outcome.output.hasSuffix("\n0 of 7 slices are as the manifest says.\n"))
        for value in ["secret", "rained"] {
            #expect(!outcome.output.contains(value) && !outcome.errors.contains(value), "it shows values of rows")
        }
    }

    @Test("Nothing is counted that the key has not signed")
    func refused() async throws {
        try await ColdDesk.with(try sql("readable")) { desk in
            let export = try await Self.export(.csv, at: desk)
            var calls: [(arguments: [String], said: String)] = []
            // Each call is about the manifest as it is now: nothing else of an export is read before a refusal.
            func note(_ said: String, _ more: [String] = []) throws {
                let place = desk.root.appending("refused-\(calls.count)")
                try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: false)
                if FileManager.default.fileExists(atPath: export.manifest.path) {
                    try FileManager.default.copyItem(
                        atPath: export.manifest.path, toPath: place.appending(ExportManifest.fileName).string)
                }
                calls.append((["file://\(place)", "--public-key", export.publicKey.string] + more, said))
            }
            try note("has no slice messages/month=2022-01", ["--slice", "messages/month=2022-01"])
            try await export.rewrite(key: SigningKey.generate()) { $0 }
            try note("does not fit")
            try await export.rewrite(key: nil) { $0 }
            try note("is not signed")
            try await export.rewrite(key: export.desk.key) {
                $0.replacing("cold-tier-export/v1", with: "cold-tier-export/v9")
            }
            try note("is not the manifest of an export")
            try await export.rewrite(key: export.desk.key) { _ in
                #"{"_type":"https://in-toto.io/Statement/v1","predicateType":"\#(ExportManifest.predicateType)","#
                    + #""predicate":{"layout":"csv","tables":[]}}"#
            }
            try note("has no slices")
            // The signature of what was said before.
            var envelope = try JSONDecoder().decode(Envelope.self, from: Data(contentsOf: export.manifest))
            envelope.payload = Data("{}".utf8).base64EncodedString()
            try Data(envelope.encoded()).write(to: export.manifest)
            try note("does not fit")
            try Data("{}".utf8).write(to: export.manifest)
            try note("is not a DSSE envelope")
            try FileManager.default.removeItem(at: export.manifest)
            try note("cannot read")
            let outcomes = try await Engines.recount(calls.map(\.arguments))
            try #require(outcomes.count == calls.count)
            for (outcome, call) in zip(outcomes, calls) {
                #expect(outcome.exitCode == 2, "\(call): \(outcome.output)\(outcome.errors.suffix(2000))")
                #expect(outcome.output == "")
                #expect(outcome.errors.contains(call.said), "\(outcome.errors)")
            }
        }
    }

    @Test("A call that cannot be meant ends before anything is started")
    func wrongCalls() async throws {
        try await withTemporaryDirectory { directory in
            let notKey = directory.appending("signing-key.pem")
            try Data("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8)
                .write(to: URL(filePath: notKey.string))
            let calls: [([String], String)] = [
                ([], "the following arguments are required: EXPORT, --public-key"),
                ([directory.string, "--public-key", "/nowhere.pem"], "cannot read the public key /nowhere.pem"),
                ([directory.string, "--public-key", notKey.string], "is not a public key in PEM"),
                ([directory.string, "--public-key", notKey.string, "--jobs", "0"], "--jobs is at least 1"),
            ]
            let outcomes = try await Engines.recount(calls.map(\.0))
            try #require(outcomes.count == calls.count)
            for (outcome, (_, said)) in zip(outcomes, calls) {
                #expect(outcome.exitCode == 2 && outcome.output == "")
                #expect(outcome.errors.contains(said), "\(outcome.errors)")
            }
        }
    }

    @Test("Its floats are printed as the server prints them, bit by bit")
    func floats() async throws {
        var generator = SeededGenerator(5)
        // Random bits, powers of two and their neighbours, and numbers between which there are others with as many digits.
        var doubles = (0..<5000).map { _ in UInt64.random(in: 0..<0x7ff0 << 48, using: &generator) }
        for exponent in UInt64(0)..<0x7ff {
            doubles += [exponent << 52, exponent << 52 + 1, (exponent + 1) << 52 - 1]
        }
        let numbers =
            doubles.map(Double.init(bitPattern:)).filter(\.isFinite)
            + (0..<5000).map { _ in Double(Int64.random(in: 0...1 << 60, using: &generator)) / 1024 }
        var singles = (0..<5000).map { _ in UInt32.random(in: 0..<0x7f80 << 16, using: &generator) }
        for exponent in UInt32(0)..<0xff {
            singles += [exponent << 23, exponent << 23 + 1, (exponent + 1) << 23 - 1]
        }
        let short =
            singles.map(Float.init(bitPattern:)).filter(\.isFinite)
            + (0..<2000).map { Float((1 << 24) + 2 * $0) }
        let texts = try await Engines.texts(numbers, short)
        let printed = try await TestServer.lent { server in
            try await withConnection(
                to: server.target(database: "postgres"), settings: ["extra_float_digits": "3"]
            ) { connection in
                var printed: [String] = []
                for (list, type) in [(numbers.map { "\($0)" }, "float8"), (short.map { "\($0)" }, "float4")] {
                    printed += try await connection.query(
                        "SELECT t::text AS text FROM unnest($1::\(type)[]) AS t",
                        ["{" + list.joined(separator: ",") + "}"]
                    ).map { try $0.need("text") }
                }
                return printed
            }
        }
        let wrong = zip(texts, printed).filter { $0 != $1 }
        #expect(texts.count == printed.count && wrong.isEmpty, "\(wrong.prefix(5))")
    }
}
