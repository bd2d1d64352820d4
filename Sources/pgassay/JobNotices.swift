import Drill
import Findings
import Foundation
import Notify
import Pages
import Report
import SystemPackage

/// Tells people and watchdogs of one drill or export of a plan, whatever comes of it. What becomes of that changes no verdict and no
/// exit code.
struct JobNotices {
    /// How a job has ended.
    struct End {
        let event: Notice.Event
        /// Of the job before this one; nil if that is not known.
        let passedBefore: Bool?
        /// Where it is entered that somebody could not be told.
        let run: LedgerRun?
    }

    private let job: Notice.Job
    private let notifiers: [Notifier]
    private let plan: String
    private let host = ProcessInfo.processInfo.hostName

    /// - Parameters:
    ///   - subject: the file of a plan, or a backup. For a backup nobody is told: the person who started the job sees the result.
    ///   - plan: the plan in that file; nil if it cannot be read. Then only the notifiers of this machine are told, and the job
    ///     says what is wrong with the plan.
    /// - Throws: ``Failure`` if the settings of this machine are wrong.
    init(_ job: Notice.Job, of subject: String, _ plan: Plan?) throws {
        self.job = job
        guard Plan.isPlan(subject) else {
            (notifiers, self.plan) = ([], subject)
            return
        }
        let machine: MachineConfig
        do {
            machine = try MachineConfig()
        } catch {
            throw Failure(.wrongCommand, error)
        }
        notifiers = machine.notifiers + (plan?.notifiers ?? [])
        self.plan = plan?.name ?? FilePath(subject).lastComponent?.string ?? subject
    }

    /// Does the job, and tells before and after it.
    func telling<Result>(
        _ body: () async throws -> Result, ended: (Result) -> End
    ) async throws -> Result {
        await tell(.began, nil)
        let result: Result
        do {
            result = try await body()
        } catch {
            await tell(.noReport(reason: (error as? Failure)?.message ?? "\(error)"), nil)
            throw error
        }
        // `ended` may read all reports, so it is not called if nobody is told.
        if !notifiers.isEmpty {
            let end = ended(result)
            await tell(end.event, end.run, passedBefore: end.passedBefore)
        }
        return result
    }

    private func tell(_ event: Notice.Event, _ run: LedgerRun?, passedBefore: Bool? = nil) async {
        let notice = Notice(job, plan: plan, host: host, event: event, passedBefore: passedBefore)
        // A person who stops the job is told of it all the same.
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

extension JobNotices.End {
    init(of drill: DrillResult) {
        self.init(
            event: .ended(drill.report, file: drill.file, statement: drill.statement),
            passedBefore: Self.passedBefore(drill), run: drill.ledger)
    }

    /// Of an export, and of the drill whose database it was taken from.
    init(of outcome: ExportOutcome) {
        let (export, drill) = (outcome.export, outcome.drill)
        // Without an export there was a drill, and it did not find the backup good.
        let told = Notice.Export(
            verdict: export?.judgement.verdict ?? drill?.report.verdict ?? .inconclusive,
            cause: export.map(\.judgement.cause) ?? drill?.report.cause, location: export?.location,
            findings: export?.findings ?? drill?.report.checks ?? [], report: drill?.file)
        self.init(
            event: .exported(told), passedBefore: drill.flatMap(Self.passedBefore), run: drill?.ledger)
    }

    /// Whether the drill of this plan before this one passed. The ledger says it. An unsigned drill has no ledger entry: then the
    /// unsigned reports beside it say it. Nil if that is not known.
    private static func passedBefore(_ drill: DrillResult) -> Bool? {
        if let run = drill.ledger { return run.passedBefore }
        guard !drill.report.signed,
            let catalogue = try? ReportCatalogue(of: drill.file.removingLastComponent(), nil)
        else { return nil }
        let before = catalogue.entries.last { $0.report.plan == drill.report.plan && $0.report.id != drill.report.id }
        return before.map { $0.report.verdict == .passed }
    }
}
