import Evidence
import Findings
import Foundation
import Ledger
import Report
import SystemPackage
import TestSupport
import Testing

/// `report prune`: reports of two years ago, made as a drill makes them.
@Suite struct PruneTests {
    @Test func theLedgerSaysWhyReportsAreGone() async throws {
        try await withDesk { desk in
            _ = try await desk.pgassay(["keys", "generate", "--output", "keys"])
            let key = try SigningKey(contentsOf: desk.root.appending("keys/signing-key.pem"))
            try FileManager.default.createDirectory(atPath: desk.reports.string, withIntermediateDirectories: false)
            let place = LedgerPlace(.directory(desk.reports.appending("ledger")), signer: key, reports: desk.reports)
            for age in [900.0, 800, 10] { try await drill(age, key, place, desk) }
            let options = ["--reports", desk.reports.string, "--public-key", "keys/public-key.pem"]
            let prune = ["report", "prune", "--older-than", "2y"] + options

            let told = try await desk.pgassay(prune)
            #expect(told.exitCode == 0, "\(told.errors)")
            #expect(told.output.contains("2 reports would go; nothing was changed"), "\(told.output)")
            #expect(try desk.reportNames.count == 3)

            let removed = try await desk.pgassay(prune + ["--remove", "--signing-key", "keys/signing-key.pem"])
            #expect(removed.exitCode == 0, "\(removed.errors)")
            #expect(try desk.reportNames.count == 1)
            #expect(try desk.names(in: desk.reports).count { $0.hasSuffix(LogProof.nameEnd) } == 1)
            let verified = try await desk.pgassay(["ledger", "verify"] + options)
            #expect(verified.exitCode == 0, "\(verified.output)")
            #expect(verified.output.contains("says of it: removed on purpose: it is of before "))
            let again = try await desk.pgassay(prune + ["--remove", "--signing-key", "keys/signing-key.pem"])
            #expect(again.exitCode == 0 && again.output.contains("There is no report to remove."))
        }
    }

    /// - Parameter age: in days.
    private func drill(_ age: Double, _ key: SigningKey, _ place: LedgerPlace, _ desk: Desk) async throws {
        let started = Date(timeIntervalSinceNow: -age * 86_400)
        let report = Report(
            id: UUID().uuidString.lowercased(), plan: "shop",
            trigger: Report.Trigger(kind: "manual", user: "test", host: "test"), verdict: .passed, cause: nil,
            started: started, finished: started + 60, signed: true,
            backup: Report.Backup(
                kind: "dump", format: "custom", location: "/b/shop.dump", bytes: 1, whyThisOne: "the only one",
                digest: ["sha256": String(repeating: "a", count: 64)]),
            environment: Report.Environment(tool: "pgassay 1", os: "Linux", account: "test"),
            checks: [Finding(id: CheckID("row-counts"), subject: "public.t", status: .passed)])
        let plan = ResourceDescriptor(name: "plan", digest: ["sha256": String(repeating: "b", count: 64)])
        let stored = try await ReportStore.write(
            try Statement(report: report, configuration: [plan]).encoded(), signer: key,
            name: ReportStore.fileName(for: report), to: desk.reports)
        var begin = LedgerEntry(.started, time: started)
        (begin.plan, begin.run) = (report.plan, report.id)
        _ = try await place.append(begin)
        var end = LedgerEntry(.finished, time: report.finished)
        (end.plan, end.run, end.verdict) = (report.plan, report.id, report.verdict)
        (end.envelope, end.file) = (stored.sha256, stored.file.lastComponent?.string)
        let appended = try await place.append(end)
        try Data(appended.proof.encoded).write(to: URL(filePath: stored.file.string + LogProof.nameEnd))
    }
}
