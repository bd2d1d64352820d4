import Drill
import Findings
import Foundation
import Notify
import Pages
import Report
import SystemPackage

/// Tells people and watchdogs of one drill, whatever comes of it. What becomes of that changes no verdict and no exit code.
struct DrillNotices {
    private let notifiers: [Notifier]
    private let plan: String
    private let host = ProcessInfo.processInfo.hostName

    /// - Parameter subject: a plan, or a backup without one, of which nobody is told: a person looks on.
    /// - Throws: ``Failure`` if the settings of this machine are wrong.
    init(of subject: String) throws {
        guard Plan.isPlan(subject) else {
            (notifiers, plan) = ([], subject)
            return
        }
        let machine: MachineConfig
        do {
            machine = try MachineConfig()
        } catch {
            throw Failure(.wrongCommand, error)
        }
        // A plan that cannot be read is told to those of the machine; the drill says what is wrong with it.
        let own = try? Plan(contentsOf: FilePath(subject))
        notifiers = machine.notifiers + (own?.notifiers ?? [])
        plan = own?.name ?? FilePath(subject).lastComponent?.string ?? subject
    }

    /// Does `drill`, and tells before and after it.
    func telling(_ drill: () async throws -> DrillResult) async throws -> DrillResult {
        await tell(Notice(plan: plan, host: host, event: .began), nil)
        let result: DrillResult
        do {
            result = try await drill()
        } catch {
            let reason = (error as? Failure)?.message ?? "\(error)"
            await tell(Notice(plan: plan, host: host, event: .noReport(reason: reason)), nil)
            throw error
        }
        let event = Notice.Event.ended(result.report, file: result.file, statement: result.statement)
        await tell(Notice(plan: plan, host: host, event: event, passedBefore: passedBefore(result)), result.ledger)
        return result
    }

    /// By the ledger; where there is none, by the reports that nobody signed either.
    private func passedBefore(_ result: DrillResult) -> Bool? {
        if let run = result.ledger { return run.passedBefore }
        guard !notifiers.isEmpty, !result.report.signed,
            let catalogue = try? ReportCatalogue(of: result.file.removingLastComponent(), nil)
        else { return nil }
        let before = catalogue.entries.last { $0.report.plan == result.report.plan && $0.report.id != result.report.id }
        return before.map { $0.report.verdict == .passed }
    }

    private func tell(_ notice: Notice, _ run: LedgerRun?) async {
        // A person who stops the drill is told of it all the same.
        await Task {
            for notifier in notifiers {
                do {
                    if try await notifier.tell(notice) { Terminal.note("notify: \(notifier.name): told\n") }
                } catch {
                    Terminal.note("notify: \(notifier.name): NOT told: \(String(describing: error))\n")
                    await run?.note(untold: notifier.name, "\(error)")
                }
            }
        }.value
    }
}
