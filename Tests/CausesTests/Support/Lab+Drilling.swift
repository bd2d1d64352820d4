import Causes
import Findings
import Foundation
import Postgres
import Report
import SystemPackage
import TestSupport
import Testing

@testable import Drill

extension Lab {
    /// Drills a backup.
    /// - Parameter hasOwnServer: in a throwaway server, and not in a database of this lab's.
    func report(
        of dump: FilePath, hasOwnServer: Bool = false, _ change: (inout Plan) -> Void = { _ in },
        emit: @escaping DrillEventSink = { _ in }
    ) async throws -> Report {
        var plan = Plan(ofBackupAt: dump.string)
        plan.scratch.directory = TestServer.parent
        if !hasOwnServer { plan.scratch.server = server.target(database: "postgres").connectionString }
        change(&plan)
        let request = DrillRequest(
            plan: plan, backup: FoundBackup(path: dump, reason: "the test's"), reports: directory.appending("reports"),
            signer: nil, trigger: Report.Trigger(kind: "manual", user: "test", host: "test"), toolVersion: "test",
            keepScratch: false)
        return try await runDrill(request, emit: emit).report
    }

    /// Drills a backup, and tells which rows its findings come from.
    func drilling(
        _ dump: FilePath, hasOwnServer: Bool = false, _ change: (inout Plan) -> Void = { _ in },
        emit: @escaping DrillEventSink = { _ in }
    ) async throws -> [Decided] {
        try await report(of: dump, hasOwnServer: hasOwnServer, change, emit: emit).checks.compactMap { Decided($0) }
    }

    /// What a drill makes of an error that ends it.
    func ending(_ body: () async throws -> Void) async throws -> [Decided] {
        do {
            try await body()
            return []
        } catch {
            let rule = cause(of: MetError(ending: error))
            let finding = Finding(ending: error, subject: "the drill")
            #expect(finding.cause == rule.cause)
            #expect(finding.status == rule.status)
            return [Decided(rule, says: String(describing: error))]
        }
    }
}
