import ColdTier
import Foundation
import Rows

extension TableDigest {
    /// Of these canonical rows.
    static func of(_ rows: [String]) -> TableDigest {
        var digest = TableDigest()
        for row in rows { Array(row.utf8).withUnsafeBytes { digest.add(row: $0) } }
        return digest
    }
}

extension ContentSum {
    /// Of these canonical rows.
    static func of(_ rows: [String]) -> ContentSum {
        var sum = ContentSum()
        for row in rows { Array(row.utf8).withUnsafeBytes { sum.add(row: $0) } }
        return sum
    }
}

extension ExportManifest {
    /// One table with a month in two files, another month, and rows that have no time.
    static func sample(signed: Bool = true) -> ExportManifest {
        let july = (["1\t2022-07-01 00:00:00+00", "2\t2022-07-04 12:00:00.5+00"], ["3\t2022-07-31 23:59:59+00"])
        var table = Table(
            schema: "public", name: "conversations", directory: "conversations", timeColumn: "timestamp",
            timeType: "timestamp with time zone",
            shapes: [
                Shape(
                    columns: [
                        ExportColumn(name: "id", type: "bigint", kind: .number),
                        ExportColumn(name: "timestamp", type: "timestamp with time zone", kind: .text),
                    ], key: ["id"], types: [],
                    definition: "CREATE TABLE conversations (id bigint, \"timestamp\" timestamp with time zone);")
            ])
        table.slices = [
            .sample(
                "2022-07", from: "2022-07-01 00:00:00+00", to: "2022-08-01 00:00:00+00",
                parts: [
                    .sample("2022-07", 0, july.0, "2022-07-01 00:00:00+00", "2022-07-04 12:00:00.5+00"),
                    .sample("2022-07", 1, july.1, "2022-07-31 23:59:59+00", "2022-07-31 23:59:59+00"),
                ], rows: july.0 + july.1),
            .sample(
                "2022-08", from: "2022-08-01 00:00:00+00", to: "2022-09-01 00:00:00+00",
                parts: [
                    .sample(
                        "2022-08", 0, ["4\t2022-08-01 00:00:00+00"], "2022-08-01 00:00:00+00",
                        "2022-08-01 00:00:00+00")
                ], rows: ["4\t2022-08-01 00:00:00+00"]),
            .sample(
                Slice.nullName, from: nil, to: nil, parts: [.sample(Slice.nullName, 0, ["5\t\\N"], nil, nil)],
                rows: ["5\t\\N"]),
        ]
        return ExportManifest(
            id: "3fa85f64-5717-4562-b3fc-2c963f66afa6", plan: "cold", tool: "pgassay 1.0.0",
            updated: Date(timeIntervalSince1970: 1_795_407_127.25), signed: signed, layout: .csv,
            compression: Compression(level: 3, longDistanceMatching: false, rowGroupBytes: 1 << 20),
            slicing: Slicing(by: .month, timeZone: "UTC"), tables: [table])
    }
}

extension ExportManifest.Slice {
    fileprivate static func sample(
        _ name: String, from: String?, to: String?, parts: [ExportManifest.Part], rows: [String]
    ) -> Self {
        Self(
            name: name, directory: "conversations/month=\(name)", from: from, to: to, shape: 0, digest: .of(rows),
            minimum: parts.first?.minimum, maximum: parts.last?.maximum, contentSum: .of(rows),
            partitions: name == nullName
                ? [] : [ExportManifest.Partition(schema: "public", name: "conversations_\(name)")],
            source: ExportManifest.Source(
                database: "avaolo", serverVersion: "15.20", systemIdentifier: "7301234567890123456",
                snapshot: "740:745:741,743", taken: Date(timeIntervalSince1970: 1_795_407_000)),
            parts: parts)
    }
}

extension ExportManifest.Part {
    fileprivate static func sample(
        _ slice: String, _ number: Int, _ rows: [String], _ minimum: String?, _ maximum: String?
    ) -> Self {
        Self(
            file: "conversations/month=\(slice)/part-0000\(number).csv.zst", bytes: 100, rawBytes: 200,
            sha256: String(repeating: "a\(number)", count: 32), digest: .of(rows), minimum: minimum, maximum: maximum,
            rowGroups: 1)
    }
}
