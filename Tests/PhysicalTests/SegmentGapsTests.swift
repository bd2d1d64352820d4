import Testing

@testable import Physical

/// Files of relations that do not go together, by their names and sizes.
@Suite struct SegmentGapsTests {
    private static let full: Int64 = 1 << 30

    struct Row: Sendable, CustomTestStringConvertible {
        let reason: String
        let files: [(String, Int64)]
        /// The file that is missing or cut off; nil where all is well.
        let path: String?
        var testDescription: String { reason }
    }

    @Test(arguments: [
        Row(reason: "one file", files: [("base/5/1", 8192)], path: nil),
        Row(reason: "three", files: [("base/5/1", full), ("base/5/1.1", full), ("base/5/1.2", 8192)], path: nil),
        Row(reason: "in the middle", files: [("base/5/1", full), ("base/5/1.2", 8192)], path: "base/5/1.1"),
        Row(reason: "the first", files: [("base/5/1_vm.1", 8192)], path: "base/5/1_vm"),
        Row(reason: "cut off", files: [("base/5/1", 8192), ("base/5/1.1", 8192)], path: "base/5/1"),
        Row(reason: "it became smaller", files: [("base/5/1", 8192), ("base/5/1.1", 0), ("base/5/1.2", 0)], path: nil),
        Row(reason: "of two databases", files: [("base/4/1", full), ("base/5/1", full), ("base/4/1.1", 0)], path: nil),
        Row(
            reason: "in a tablespace", files: [("pg_tblspc/9/PG_17_2/5/7.3", 8192)],
            path: "pg_tblspc/9/PG_17_2/5/7"),
        Row(reason: "no relations", files: [("pg_wal/1.1", 5), ("base/5/pg_filenode.map", 5)], path: nil),
    ])
    func isTold(_ row: Row) {
        let gaps = SegmentGaps(in: row.files.map { (path: $0.0, size: $0.1) })
        #expect(gaps.flaws(without: []).map(\.path) == (row.path.map { [$0] } ?? []))
        #expect(gaps.flaws(without: Set(gaps.sought)) == [], "the log says that it was removed")
    }
}
