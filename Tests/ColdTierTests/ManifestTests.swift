import Foundation
import Rows
import Testing

@testable import ColdTier
@testable import Evidence

/// A manifest that says what cannot be is neither written nor believed, however well it is signed.
@Suite struct ManifestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var message: String
        var change: @Sendable (inout ExportManifest) -> Void

        init(_ message: String, _ change: @escaping @Sendable (inout ExportManifest) -> Void) {
            (self.message, self.change) = (message, change)
        }

        /// Of the first slice, which is July in two parts.
        static func slice(_ message: String, _ change: @escaping @Sendable (inout ExportManifest.Slice) -> Void) -> Row
        {
            Row(message) { change(&$0.tables[0].slices[0]) }
        }

        static func part(_ message: String, _ change: @escaping @Sendable (inout ExportManifest.Part) -> Void) -> Row {
            slice(message) { change(&$0.parts[0]) }
        }

        var testDescription: String { message }
    }

    private static let slice = "`tables[0].slices[0]"
    private static let part = "`tables[0].slices[0].parts[0]"

    static let sums: [Row] = [
        .slice("\(slice).digest` is not the sum of its parts") { $0.digest = .of(["1"]) },
        .slice("\(slice).digest` is not the sum of its parts") { $0.parts.removeLast() },
        .part("\(slice).digest` is not the sum of its parts") { $0.digest.add(.of(["1"])) },
        .slice("\(slice).contentSum` is of no rows and not 0") {
            $0.digest = TableDigest()
            $0.parts = []
        },
        .part("\(part)` has 0 row groups and 2 rows") { $0.rowGroups = 0 },
        .part("\(part)` has 3 row groups and 2 rows") { $0.rowGroups = 3 },
        .part("\(part)` has another size than its rows") { $0.bytes = 0 },
        .part("\(part)` has another size than its rows") { $0.rawBytes = -1 },
        Row("\(part)` has another size than its rows") { $0.layout = .copy },
        Row("it counts more rows or bytes than there can be") {
            $0.tables[0].slices[0].parts[0].bytes = .max
            $0.tables[0].slices[0].parts[1].bytes = .max
        },
    ]

    static let names: [Row] = [
        .part("\(part).file` has a part that begins with a dot") {
            $0.file = "conversations/month=2022-07/../../passwd"
        },
        .part("\(part).file` has an empty part") { $0.file = "/etc/passwd" },
        .part("\(part).file` has an empty part") { $0.file = "conversations/month=2022-07//a.csv.zst" },
        .part("\(part).file` has an empty part") { $0.file = "" },
        .part("\(part).file` has a part that begins with a dot") { $0.file = "conversations/month=2022-07/.a.csv.zst" },
        .part("\(part).file` has a control character in it") { $0.file = "conversations/month=2022-07/\n.csv.zst" },
        .part("\(part).file` has a control character in it") { $0.file = "conversations/month=2022-07/a\0.csv.zst" },
        .part("\(part).file` has a backslash in it") { $0.file = "conversations/month=2022-07/..\\a.csv.zst" },
        .part("\(part).file` has a part of more than 255 bytes") {
            $0.file = "conversations/month=2022-07/\(String(repeating: "a", count: 248)).csv.zst"
        },
        .part("\(part).file` is longer than 1024 bytes") { $0.file = String(repeating: "a/", count: 600) },
        .part("\(part).file` is not in the directory of its slice") {
            $0.file = "conversations/month=2022-08/p.csv.zst"
        },
        .part("\(part).file` is not in the directory of its slice") {
            $0.file = "conversations/month=2022-07/a/p.csv.zst"
        },
        .part("\(part).file` is not called as csv is") { $0.file = "conversations/month=2022-07/part.jsonl.zst" },
        Row("`tables[0].directory` has a part that begins with a dot") { $0.tables[0].directory = ".." },
        Row("`tables[0].directory` is the name of a file") { $0.tables[0].directory = "manifest.dsse.json" },
        Row("`tables[0].directory` is the name of a file") { $0.tables[0].directory = "purge.sql/x" },
        .slice("\(slice).directory` is not what 2022-07 of conversations is called") {
            $0.directory = "conversations/month=2022-06"
        },
        .slice("\(slice).directory` is not what ../x of conversations is called") { $0.name = "../x" },
        Row("file conversations/month=2022-07/part-00000.csv.zst is listed twice") {
            $0.tables[0].slices[0].parts[1].file = $0.tables[0].slices[0].parts[0].file
        },
        Row("table public.conversations is listed twice") { $0.tables.append($0.tables[0]) },
        Row("table directory conversations is listed twice") { $0.tables.append($0.tables[0]) },
        Row("table directory conversations/a is inside another") {
            $0.tables.append($0.tables[0])
            $0.tables[1].directory = "conversations/a"
        },
        Row("slice conversations/month=2022-07 is listed twice") {
            $0.tables[0].slices.append($0.tables[0].slices[0])
        },
        Row("partition public.conversations_2022-07 is listed twice") {
            $0.tables[0].slices[1].partitions = $0.tables[0].slices[0].partitions
        },
    ]

    static let times: [Row] = [
        .slice("\(slice)` does not say from when to when it is") { $0.from = nil },
        .slice("\(slice)` does not say from when to when it is") { $0.to = "soon" },
        .slice("\(slice)` does not say from when to when it is") { $0.to = $0.from },
        .slice("\(slice)` does not say from when to when it is") { $0.to = "infinity" },
        .slice("\(slice)` is called 2022-07 and begins at 2021-07-01 00:00:00+00") {
            $0.from = "2021-07-01 00:00:00+00"
        },
        .slice("\(slice).name` is not that of a month") { $0.name = "2022-13" },
        .slice("\(slice).name` is not that of a month") { $0.name = "2022" },
        .slice("slices 2022-07 and 2022-08 of public.conversations overlap") {
            $0.to = "2022-08-01 00:00:00.000001+00"
        },
        .part("\(part)` has times outside of its slice") { $0.minimum = "2022-06-30 23:59:59+00" },
        .slice("\(slice).parts[1]` has times outside of its slice") { $0.parts[1].maximum = $0.to },
        .part("\(part)` has a minimum and a maximum that cannot be") { $0.minimum = nil },
        .part("\(part)` has a minimum and a maximum that cannot be") { $0.minimum = "2022-02-30 00:00:00+00" },
        .part("\(part)` has a minimum and a maximum that cannot be") { swap(&$0.minimum, &$0.maximum) },
        .slice("\(slice)` has a minimum or a maximum that is not that of its parts") {
            $0.minimum = "2022-07-02 00:00:00+00"
        },
        .slice("\(slice)` has a minimum or a maximum that is not that of its parts") {
            $0.maximum = "2022-07-31 23:59:59.1+00"
        },
        Row("`tables[0].slices[2]` is of rows without a time and has one") {
            $0.tables[0].slices[2].minimum = "2022-07-31 23:59:59+00"
        },
        Row("`tables[0].timeType` is not a type of time") { $0.tables[0].timeType = "text" },
    ]

    static let others: [Row] = [
        .slice("\(slice).shape` is the index of no shape") { $0.shape = 1 },
        .slice("\(slice).shape` is the index of no shape") { $0.shape = -1 },
        .part("\(part).sha256` is not 64 lowercase hex digits") { $0.sha256 = String(repeating: "A", count: 64) },
        .slice("\(slice).source.snapshot` is not a snapshot") { $0.source.snapshot = "745:740:" },
        .slice("\(slice).source.systemIdentifier` is not a number") { $0.source.systemIdentifier = "1'; DROP" },
        .slice("\(slice).source.drill.sha256` is not 64 lowercase hex digits") {
            $0.source.drill = ExportManifest.Drill(id: "", verdict: "passed", report: "", sha256: "", backup: [:])
        },
        Row("`tables[0].shapes[0]` has no column time") { $0.tables[0].timeColumn = "time" },
        Row("column of `tables[0].shapes[0]` id is listed twice") { $0.tables[0].shapes[0].columns[1].name = "id" },
        Row("`tables[0]` has no name") { $0.tables[0].name = "" },
        Row("`id` is not a UUID") { $0.id = "1" },
        Row("zstd has no compression level 23") { $0.compression.level = 23 },
        Row("row groups have 0 bytes") { $0.compression.rowGroupBytes = 0 },
        Row("it holds no file") { $0.tables = [] },
    ]

    /// Row groups of the first file.
    private static func groups(
        _ message: String, _ change: @escaping @Sendable (inout [ExportManifest.RowGroup]) -> Void
    ) -> Row {
        .part("\(part)\(message)") { part in
            func group(_ rows: Int64, _ time: String?) -> ExportManifest.RowGroup {
                ExportManifest.RowGroup(
                    bytes: 50, rawBytes: 100, rows: rows, sha256: part.sha256, minimum: time, maximum: time,
                    firstKey: "1",
                    lastKey: "2")
            }
            part.rowGroups = 2
            var groups = [group(1, part.minimum), group(1, part.maximum)]
            change(&groups)
            part.groups = groups
        }
    }

    static let rowGroups: [Row] = [
        groups(".groups` are not its 2 row groups") { $0.removeLast() },
        groups(".groups` do not add up to the file") { $0[0].bytes += 1 },
        groups(".groups` do not add up to the file") { $0[0].rawBytes -= 1 },
        groups(".groups` do not add up to the file") { $0[1].rows += 1 },
        groups(".groups` have sizes that cannot be") { $0[0].bytes = 0 },
        groups(".groups` have sizes that cannot be") { $0[0].rows = .max },
        groups(".groups[1].sha256` is not 64 lowercase hex digits") { $0[1].sha256 = "" },
        groups(".groups[0]` has one end of its keys") { $0[0].lastKey = nil },
        groups(".groups` have other times than the file") { $0[1].maximum = "2022-07-30 00:00:00+00" },
        groups(".groups[0]` has a minimum and a maximum that cannot be") { $0[0].minimum = nil },
    ]

    static let erasures: [Row] = [
        erasure("erasures[0].predecessor` is not 64 lowercase hex digits") { $0.predecessor = "" },
        erasure("erasures[0]` is of a table that is not there") { $0.table = "others" },
        erasure("erasures[0]` has erased 0 rows of 2022-07") { $0.slices[0].rows = 0 },
        erasure("erasures[0]`: purge.sql is no file of 2022-07") { $0.slices[0].replaced[0].file = "purge.sql" },
        erasure("erasures[0]`: a file has a part that begins with a dot") {
            $0.slices[0].replaced[0].file = "conversations/month=2022-07/../../etc"
        },
        erasure("erasures[0]`: conversations/month=2022-07/part-00000.csv.zst is replaced and yet there") {
            $0.slices[0].replaced[0].file = "conversations/month=2022-07/part-00000.csv.zst"
        },
        erasure("erasures[0]`: a SHA-256 is not 64 lowercase hex digits") { $0.slices[0].replaced[0].sha256 = "x" },
    ]

    private static func erasure(
        _ message: String, _ change: @escaping @Sendable (inout ExportManifest.Erasure) -> Void
    ) -> Row {
        Row("`\(message)") { manifest in
            let hash = String(repeating: "ab", count: 32)
            var erasure = ExportManifest.Erasure(
                schema: "public", table: "conversations", erased: Date(timeIntervalSince1970: 1_795_407_000),
                reason: "test", predecessor: hash,
                slices: [
                    .init(
                        name: "2022-07", rows: 1,
                        replaced: [.init(file: "conversations/month=2022-07/part-00009.csv.zst", sha256: hash)])
                ])
            change(&erasure)
            manifest.erasures = [erasure]
        }
    }

    private static let key = SigningKey.generate()

    @Test func theSampleIsPossible() {
        #expect(ExportManifest.sample().statement.contradictions() == [])
    }

    @Test("It is neither sealed nor opened", arguments: sums + names + times + others + rowGroups + erasures)
    func isRefused(_ row: Row) async throws {
        var manifest = ExportManifest.sample()
        row.change(&manifest)
        let statement = manifest.statement
        #expect(statement.contradictions().contains(row.message), "\(statement.contradictions())")
        await #expect(throws: StatementError.contradictory(statement.contradictions())) {
            try await statement.sealed(signer: Self.key)
        }

        let bytes = try await Envelope(statement: StatementJSON.encode(statement), signer: Self.key).encoded()
        let error = #expect(throws: VerificationError.self) {
            try InTotoStatement<ExportManifest>(opening: bytes, name: "m", publicKey: Self.key.publicKey)
        }
        #expect(error?.problem == .contradictory(statement.contradictions()))
    }

    @Test("Subjects are the files by their digests, all of them and no others")
    func subjects() throws {
        let statement = ExportManifest.sample().statement
        #expect(
            statement.subject.map(\.name) == [
                "conversations/month=2022-07/part-00000.csv.zst", "conversations/month=2022-07/part-00001.csv.zst",
                "conversations/month=2022-08/part-00000.csv.zst",
                "conversations/month=__HIVE_DEFAULT_PARTITION__/part-00000.csv.zst",
            ])
        let message = "`subject` is not the files of `predicate.tables` with their digests"
        for change in [
            { $0.subject.removeLast() }, { $0.subject.swapAt(0, 1) }, { $0.subject[0].digest = ["sha256": "00"] },
            { $0.subject[0].digest?["sha512"] = "00" }, { $0.subject.append($0.subject[0]) },
        ] as [(inout InTotoStatement<ExportManifest>) -> Void] {
            var changed = statement
            change(&changed)
            #expect(changed.contradictions() == [message])
        }
    }

    @Test("A digest of fewer bytes than rows, or of less than nothing, is not read")
    func digests() async throws {
        for (old, new) in [
            ("\"rows\":2", "\"rows\":-2"), ("\"rows\":2", "\"rows\":9000"), ("\"rows\":2", "\"rows\":2.5"),
        ] {
            let text = String(decoding: try StatementJSON.encode(ExportManifest.sample().statement), as: UTF8.self)
            #expect(text.contains(old))
            let bytes = try await Envelope(statement: Array(text.replacing(old, with: new).utf8), signer: Self.key)
                .encoded()
            #expect(throws: VerificationError.self) {
                try InTotoStatement<ExportManifest>(opening: bytes, name: "m", publicKey: Self.key.publicKey)
            }
        }
    }

    @Test(
        "What can be said is not refused: other eras, other zones, infinity, slices without rows",
        arguments: [
            { $0.tables[0].slices[2] = Self.slice("-infinity", nil, nil, "-infinity", "-infinity") },
            {
                $0.tables[0].slices[2] = Self.slice(
                    "0044-03 BC", "0044-03-01 00:00:00+00 BC", "0044-04-01 00:00:00+00 BC", "0044-03-15 00:00:00+00 BC",
                    "0044-03-15 00:00:00+00 BC")
            },
            {
                // Rome, where summer begins an hour earlier.
                $0.tables[0].slices[2] = Self.slice(
                    "2022-03", "2022-02-28 23:00:00+00", "2022-03-31 22:00:00+00", "2022-02-28 23:00:00+00",
                    "2022-03-31 21:59:59.999999+00")
            },
            {
                $0.slicing.by = .year
                $0.tables[0].timeType = "date"
                $0.tables[0].slices = [
                    Self.slice("2020", "2020-01-01", "2021-01-01", "2020-02-29", "2020-12-31", by: "year")
                ]
            },
            {
                $0.tables[0].slices[1].digest = TableDigest()
                $0.tables[0].slices[1].contentSum = nil
                ($0.tables[0].slices[1].minimum, $0.tables[0].slices[1].maximum) = (nil, nil)
                $0.tables[0].slices[1].parts = []
            },
        ] as [@Sendable (inout ExportManifest) -> Void])
    func possible(_ change: @Sendable (inout ExportManifest) -> Void) {
        var manifest = ExportManifest.sample()
        change(&manifest)
        #expect(manifest.statement.contradictions() == [])
    }

    private static func slice(
        _ name: String, _ from: String?, _ to: String?, _ minimum: String, _ maximum: String,
        by period: String = "month"
    ) -> ExportManifest.Slice {
        var slice = ExportManifest.sample().tables[0].slices[2]
        (slice.name, slice.from, slice.to) = (name, from, to)
        slice.directory = "conversations/\(period)=\(name)"
        (slice.minimum, slice.maximum) = (minimum, maximum)
        slice.parts[0].file = "\(slice.directory)/part-00000.csv.zst"
        (slice.parts[0].minimum, slice.parts[0].maximum) = (minimum, maximum)
        return slice
    }
}

@Suite struct SnapshotTests {
    @Test func isRead() {
        let snapshot = Snapshot("740:4294967299:741,743")
        #expect(snapshot?.minimum == 740)
        #expect(snapshot?.maximum == 4_294_967_299)
        #expect(snapshot?.running == [741, 743])
        #expect(Snapshot("3:3:")?.running == [])
    }

    @Test(arguments: [
        "", "1:2", "745:740:", "740:745:745", "740:745:739", "740:745:742,741", "740:745:741,", "a:b:", "740:745:+741",
        "0:1:",
    ])
    func isNone(_ text: String) { #expect(Snapshot(text) == nil) }
}
