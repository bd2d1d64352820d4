import Evidence
import Findings
import Foundation
import Report
import Synchronization
import SystemPackage
import Testing

@testable import Drill

/// What is done with a stored report has outcomes of its own.
@Suite struct ReportStepTests {
    private struct Failing: ReportStep {
        struct Refused: Error, CustomStringConvertible { let description = "the ledger is full" }
        let name = "ledger"
        func perform(on finished: FinishedReport) async throws { throw Refused() }
    }

    /// Keeps what it was given, whether that was stored, and whether its task was cancelled.
    private final class Keeping: ReportStep {
        struct Given {
            let report: FinishedReport
            let isStored: Bool
            let isCancelled: Bool
        }

        let name = "page"
        private let all = Mutex<[Given]>([])
        var given: [Given] { all.withLock { $0 } }

        func perform(on finished: FinishedReport) async throws {
            let isStored = FileManager.default.fileExists(atPath: finished.file.string)
            let given = Given(report: finished, isStored: isStored, isCancelled: Task.isCancelled)
            all.withLock { $0.append(given) }
        }
    }

    @Test func aStepThatThrowsChangesNothingButItsOwnOutcome() async throws {
        try await withBadBackup { request in
            let alone = try await runDrill(request) { _ in }
            let page = Keeping()
            let notes = Mutex<[String]>([])
            var withSteps = request
            withSteps.reportSteps = [Failing(), page]
            let result = try await runDrill(withSteps) { event in
                if case .note(let words) = event { notes.withLock { $0.append(words) } }
            }
            #expect(result.steps.map(\.step) == ["ledger", "page"])
            #expect(result.steps.map(\.outcome) == [.failed(reason: "the ledger is full"), .done])
            let told = notes.withLock { $0 }
            #expect(told.contains { $0.hasPrefix("ledger: failed: the ledger is full.") }, "\(told)")
            #expect(told.contains("page: done"), "\(told)")

            for report in [alone.report, result.report] {
                #expect(report.verdict == .failed)
                #expect(report.cause == .backup)
            }
            #expect(result.report.checks == alone.report.checks)
            // The bytes that were stored are those that the next step was given.
            #expect(try StoredReport(contentsOf: result.file).statementBytes == result.statement)
            #expect(page.given.map(\.report.statement) == [result.statement])
            #expect(page.given.map(\.isStored) == [true])
        }
    }

    @Test func theReportOfAStoppedDrillIsHandedOnToo() async throws {
        try await withBadBackup { request in
            let page = Keeping()
            var stopped = request
            stopped.reportSteps = [page]
            let wanted = stopped
            let drill = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await runDrill(wanted) { _ in }
            }
            let result = try await drill.value
            #expect(result.report.cause == .interrupted)
            #expect(result.steps == [ReportStepResult(step: "page", outcome: .done)])
            #expect(page.given.map(\.isCancelled) == [false])
        }
    }

    @Test func aReportThatIsNotStoredIsNotHandedOn() async throws {
        try await withBadBackup { request in
            let page = Keeping()
            var nowhere = request
            // A file, where a directory is needed.
            nowhere.reports = FilePath(request.backup.location)
            nowhere.reportSteps = [page]
            let wanted = nowhere
            let unstored = await #expect(throws: UnstoredReport.self) { try await runDrill(wanted) { _ in } }
            #expect(unstored?.report.verdict == .failed)
            #expect(page.given.isEmpty)
        }
    }
}
