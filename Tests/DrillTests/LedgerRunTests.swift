import Evidence
import Files
import Findings
import Foundation
import Report
import Storage
import Synchronization
import SystemPackage
import Testing

@testable import Drill
@testable import Ledger

/// A drill in the ledger: what it enters, and what it makes of a ledger that cannot be written.
@Suite struct LedgerRunTests {
    private static func entries(_ ledger: DrillLedger) async throws -> [LedgerEntry] {
        let reader = try ledger.place.reader()
        let size = try await reader.checkpoint(signedBy: [ledger.place.signer.publicKey]).checkpoint.size
        var entries: [LedgerEntry] = []
        try await reader.entries(ofTreeOf: size) { entries.append($0.entry) }
        return entries
    }

    private static func entering(
        _ request: DrillRequest, _ change: (inout DrillLedger) -> Void = { _ in }
    ) -> DrillRequest {
        var (request, ledger) = (
            request,
            DrillLedger(
                LedgerPlace(
                    LedgerPlace.default(of: request.reports), signer: request.signer!, reports: request.reports))
        )
        change(&ledger)
        request.ledger = ledger
        return request
    }

    @Test func aFailedDrillHasABeginAndAnEnd() async throws {
        try await withBadBackup { request in
            let request = Self.entering(request) { $0.nextWithin = .seconds(8 * 86_400) }
            let result = try await runDrill(request) { _ in }
            let entries = try await Self.entries(request.ledger!)
            #expect(entries.map(\.kind) == [.started, .finished])
            #expect(Set(entries.map(\.run)) == [result.report.id])
            #expect(Set(entries.map(\.plan)) == [result.report.plan])
            #expect(entries[0].nextWithin == 691_200)
            #expect(entries[0].time <= result.report.started)
            #expect(entries[1].verdict == .failed)
            #expect(entries[1].backup == result.report.backup.digest)
            #expect(entries[1].file == result.file.lastComponent?.string)
            let proof = try LogProof(besideReport: result.file, signedBy: [request.signer!.publicKey])
            #expect(proof.entry.index == 1)
            #expect(result.ledger?.problem == nil)
            #expect(result.steps == [ReportStepResult(step: "ledger", outcome: .done)])
        }
    }

    @Test("The next drill tells of one that was killed, once, and is not changed by it")
    func unended() async throws {
        try await withBadBackup { request in
            let request = Self.entering(request)
            let plan = request.plan.name
            let killed = await LedgerRun.begin(request.ledger!, plan: plan) { _ in }
            let told = Mutex<[String]>([])
            let second = try await runDrill(request) { event in
                if case .note(let words) = event { told.withLock { $0.append(words) } }
            }
            let finding = try #require(second.report.checks.first { $0.id == .ledger })
            #expect(finding.subject.hasPrefix("drill \(killed.id) of "))
            #expect(finding.status == .passed && finding.basis == .history && finding.observed == "no end")
            #expect(told.withLock { $0 }.contains { $0.contains("ledger: drill \(killed.id)") })
            let third = try await runDrill(request) { _ in }
            #expect(!third.report.checks.contains { $0.id == .ledger })
            #expect(second.report.checks.filter { $0.id != .ledger } == third.report.checks)
            #expect(second.report.cause == third.report.cause)
        }
    }

    @Test("A drill that ends without a report says why", arguments: ["mistake", "notStored"])
    func withoutReport(_ ending: String) async throws {
        try await withBadBackup { request in
            var request = Self.entering(request)
            if ending == "mistake" {
                // Not a dump.
                try Data("text".utf8).write(to: URL(filePath: request.backup.location))
            } else {
                request.reports = FilePath(request.backup.location)
            }
            let wanted = request
            await #expect(throws: (any Error).self) { try await runDrill(wanted) { _ in } }
            let entries = try await Self.entries(request.ledger!)
            #expect(entries.map(\.kind) == [.started, .finished])
            #expect(entries[1].ending?.rawValue == ending)
            #expect(entries[1].envelope == nil)
            #expect(entries[1].verdict == (ending == "mistake" ? nil : .failed))
        }
    }

    @Test("A ledger that cannot be written changes nothing but its own outcome")
    func unwritable() async throws {
        try await withBadBackup { request in
            let alone = try await runDrill(request) { _ in }
            let nowhere = Self.entering(request) {
                // A file, where a directory is needed.
                $0.place = LedgerPlace(.directory(FilePath(request.backup.location)), signer: request.signer!)
            }
            let result = try await runDrill(nowhere) { _ in }
            #expect(result.ledger?.problem?.contains("the ledger") == true)
            #expect(result.steps.map(\.step) == ["ledger"])
            guard case .failed = result.steps[0].outcome else {
                Issue.record("\(result.steps)")
                return
            }
            #expect(result.report.checks == alone.report.checks)
            #expect(result.report.verdict == alone.report.verdict && result.report.cause == alone.report.cause)
        }
    }

    @Test("Anchors are shown the checkpoint of the end, and decide nothing")
    func anchors() async throws {
        try await withBadBackup { request in
            let request = Self.entering(request) {
                $0.anchors = [
                    Anchor(name: "good", kind: .command(["/bin/cat"])),
                    Anchor(name: "bad", kind: .command(["/bin/false"])),
                ]
            }
            let result = try await runDrill(request) { _ in }
            #expect(result.steps.map(\.step) == ["ledger", "anchor good", "anchor bad"])
            #expect(result.steps[0].outcome == .done && result.steps[2].outcome != .done)
            #expect(result.report.verdict == .failed && result.report.cause == .backup)
        }
    }
}
