import Findings
import Foundation
import Glibc
import Report
import SystemPackage
import TestSupport
import Testing

/// Drills that run at the same time know nothing of each other, and `pgassay clean` disturbs none.
@Suite struct TwoDrillsTests {
    @Test func ofTheSameBackupByTheSamePlan() async throws {
        try await withDesk { desk in
            let dump = try desk.script(
                "CREATE TABLE public.t AS SELECT i FROM generate_series(1, 7) i;\nSELECT pg_sleep(4);")
            let plan = try desk.plan(dump)
            let drills = try (0..<2).map { _ in try desk.start(desk.drilling(plan)) }
            // Swept from the first moment on: while the directories are being made, too.
            try await eventually("both drills restore") {
                let clean = try await desk.pgassay(["clean"])
                #expect(clean.exitCode == 0, "\(clean.errors)")
                #expect(!clean.output.contains("removed"), "\(clean.output)")
                return drills.allSatisfy { $0.errorsSoFar.contains("restore\n") }
            }
            let clean = try await desk.pgassay(["clean"])
            #expect(clean.output.split(separator: "\n").count { $0.hasPrefix("in use") } == 2, "\(clean.output)")
            for drill in drills {
                let outcome = try await drill.outcome()
                #expect(outcome.exitCode == 0, "\(outcome.output)")
                #expect(outcome.output.hasPrefix("PASSED"))
            }
            let reports = try desk.reportNames.map {
                try StoredReport(contentsOf: desk.reports.appending($0)).statement.report
            }
            #expect(reports.count == 2)
            #expect(Set(reports.map(\.id)).count == 2)
            for report in reports {
                #expect(report.verdict == .passed)
                #expect(report.tables.map(\.rows) == [7])
                #expect(report.cleanup.count == 2)
                #expect(report.cleanup.allSatisfy { $0.removed })
            }
            #expect(Set(reports.flatMap(\.cleanup).map(\.what)).count == 4, "each its own server and directory")
        }
    }
}
