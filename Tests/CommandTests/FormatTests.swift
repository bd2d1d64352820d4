import Findings
import Testing

/// Every format of one database tells the same story.
@Suite struct FormatTests {
    @Test func theSevenFormatsAgree() async throws {
        var rows: [String: [String: Int64]] = [:]
        var passed: [String: Set<String>] = [:]
        // All at once: each waits for a turn of its own, and who asks for a turn last gets it last.
        let drills = try await withThrowingTaskGroup(of: (DumpKind, Drilled).self) { group in
            for kind in DumpKind.sevenFormats {
                group.addTask {
                    try await withDesk { (kind, try await $0.drill(try await Dumps.named("avaolo.\(kind.name)"))) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (kind, drilled) in drills {
            #expect(drilled.exitCode == 0, "\(kind.name): \(drilled.complaints)")
            #expect(drilled.report.verdict == .passed, "\(kind.name)")
            #expect(drilled.report.backup.format == (kind.compressor == nil ? kind.name : "plain"))
            #expect(drilled.complaints == "", "\(kind.name)")
            rows[kind.name] = drilled.rows
            // What the archive itself can tell differs from format to format; what was restored must not.
            passed[kind.name] = Set(
                drilled.report.checks.filter { ["row-counts", "freshness", "foreign-keys", "jsonb"].contains($0.id) }
                    .map { "\($0.id) \($0.subject) \($0.status)" })
        }
        #expect(rows.count == 7)
        let custom = try #require(rows["custom"])
        #expect(custom["public.farmers"] == 20)
        #expect(custom["public.conversations"]! > 500)
        #expect(custom.count > 70, "the partitions")
        for (kind, counts) in rows { #expect(counts == custom, "\(kind)") }
        for (kind, findings) in passed { #expect(findings == passed["custom"], "\(kind)") }
    }
}
