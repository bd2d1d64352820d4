import Evidence
import Findings
import Foundation
import Ledger
import Report
import SystemPackage
import TestSupport

@testable import Pack

/// A directory of reports with its ledger, of drills that begin an hour apart, and the key that signs them.
struct PackBench: Sendable {
    let directory: FilePath
    let key = SigningKey.generate()
    let anna = SigningKey.generate()

    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    var reports: FilePath { directory.appending("reports") }
    var place: LedgerPlace { LedgerPlace(LedgerPlace.default(of: reports), signer: key, reports: reports) }
    var ring: KeyRing {
        KeyRing([
            KeyRing.Key(key.publicKey, roles: [KeyRing.operatorRole]),
            KeyRing.Key(anna.publicKey, holder: "Anna", roles: ["reviewer"]),
        ])
    }

    static func with(_ body: (PackBench) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let bench = PackBench(directory: directory)
            try FileManager.default.createDirectory(
                atPath: bench.reports.string, withIntermediateDirectories: false)
            try await body(bench)
        }
    }

    static func time(_ hour: Int) -> Date { start + Double(hour) * 3600 }

    /// A report of a drill, entered with its begin and its end.
    @discardableResult
    func drill(
        _ hour: Int, passes: Bool = true, change: (inout Report) -> Void = { _ in }
    ) async throws -> StoredEnvelope {
        var report = Report(
            id: UUID().uuidString.lowercased(), plan: "shop",
            trigger: Report.Trigger(kind: "manual", user: "test", host: "test"),
            verdict: passes ? .passed : .failed, cause: passes ? nil : .backup, started: Self.time(hour),
            finished: Self.time(hour) + 60, signed: true,
            backup: Report.Backup(
                kind: "dump", format: "custom", location: "/b/shop.dump", bytes: 1, whyThisOne: "the test's",
                digest: ["sha256": String(repeating: "a", count: 64)]),
            objectives: Report.Objectives(recoveryTime: Report.Objective(measured: Double(10 * (hour + 1)))),
            environment: Report.Environment(tool: "pgassay 1", os: "Linux", account: "test"),
            checks: [
                Finding(
                    id: CheckID("row-counts"), subject: "public.farmers", status: passes ? .passed : .failed,
                    reason: passes ? nil : "rows are missing", cause: passes ? nil : .backup)
            ])
        report.approval = ["operator", "reviewer"]
        change(&report)
        let plan = ResourceDescriptor(name: "plan", digest: ["sha256": String(repeating: "b", count: 64)])
        let statement = try Statement(report: report, configuration: [plan]).encoded()
        var begin = LedgerEntry(.started, time: Self.time(hour))
        (begin.plan, begin.run, begin.nextWithin) = (report.plan, report.id, 7200)
        _ = try await place.append(begin)
        let stored = try await ReportStore.write(
            statement, signer: key, name: ReportStore.fileName(for: report), to: reports)
        var end = LedgerEntry(.finished, time: report.finished)
        (end.plan, end.run, end.verdict) = (report.plan, report.id, report.verdict)
        (end.envelope, end.file, end.approval) = (stored.sha256, stored.file.lastComponent?.string, report.approval)
        let appended = try await place.append(end)
        try Data(appended.proof.encoded).write(to: URL(filePath: stored.file.string + LogProof.nameEnd))
        return stored
    }

    /// Three drills; the second failed, and somebody sees to it; the first is approved.
    func fill() async throws {
        let first = try await drill(0)
        let bytes = try Data(contentsOf: URL(filePath: first.file.string))
        let report = try AnyReport.open(Array(bytes), name: "first", ring).content.report
        let by = Report.Trigger(kind: "manual", user: "anna", host: "desk")
        let approval = try await AdditionStore.write(
            Approval(report, role: "reviewer", time: Self.time(1), by: by, comment: nil), beside: first.file,
            sha256: first.sha256, signer: anna)
        _ = try await place.enter(try StoredAddition(contentsOf: approval.file))
        let second = try await drill(1, passes: false)
        let failed = try AnyReport.open(
            Array(try Data(contentsOf: URL(filePath: second.file.string))), name: "second", ring
        ).content.report
        var annotation = Annotation(
            failed, findings: [AnnotatedFinding(failed.checks[0])], time: Self.time(2), by: by)
        annotation.owner = "anna"
        let stored = try await AdditionStore.write(
            annotation, beside: second.file, sha256: second.sha256, signer: key)
        _ = try await place.enter(try StoredAddition(contentsOf: stored.file))
        try await drill(2)
    }

    /// With the key that signs alone.
    func history() async throws -> KeyHistory {
        var history = KeyHistory()
        try await history.append(.added, key.publicKey, signers: [key], time: Self.start - 60) {
            ($0.holder, $0.roles) = ("drills", [KeyRing.operatorRole, KeyHistory.keysRole])
        }
        return history
    }

    func pack(from: Int = 0, to: Int = 3) async throws -> PackFiles {
        let request = PackRequest(
            reports: reports, from: Self.time(from), to: Self.time(to), created: Self.time(to) + 1, tool: "pgassay 1",
            signer: key, ring: ring)
        return try await PackFiles(request, try place.reader())
    }

    func verify(_ pack: PackFiles, _ ring: KeyRing? = nil) async throws -> PackVerification {
        try await PackVerification(pack) { _ in ring ?? self.ring }
    }
}
