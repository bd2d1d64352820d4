import ArgumentParser
import Evidence
import Files
import Findings
import Fleet
import Foundation
import Pages
import PlanFile
import Processes
import SystemPackage

struct FleetCommand: SigningCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet", abstract: "Drill every plan of a directory, one after the other.",
        discussion: """
            Each plan is drilled in a process of its own; one that is killed takes no other with it. A plan that another fleet \
            drills at the time is skipped.

            \(ExitStatus.fleetHelp)
            """)

    @Argument(help: ArgumentHelp("A directory of plans: files that end in .yaml or .yml.", valueName: "dir"))
    var directory: String

    @Option(help: "How many drills run at the same time. One that then lacks memory or disk is drilled again alone.")
    var jobs = 1

    @Option(help: "Directory for all reports, and so one ledger. (default: each plan's, else ./pgassay-reports)")
    var reports: String?

    @Option(
        help: "Drill only the plan of this number, from 0, in the order of the files' names: for a job of Kubernetes.")
    var part: Int?

    @Option(
        help: ArgumentHelp("How long one drill may take, such as 12h.", valueName: "time"),
        transform: Self.duration)
    var deadline = Duration.seconds(86_400)

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @Flag(
        help:
            "Drill nothing: write a CronJob of Kubernetes that drills each plan in a pod of its own, --jobs at a time, with the --ledger of a bucket."
    )
    var kubernetes = false

    @OptionGroup var signer: SignerOptions
    @OptionGroup var unsigned: UnsignedOption
    @OptionGroup var ledger: LedgerOptions

    func validate() throws {
        try signing.validate()
        guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes a number from 1 to 64.") }
        if kubernetes && ledger.ledger?.wholeMatch(of: /s3:\/\/[A-Za-z0-9._\/\-]+/) == nil {
            throw ValidationError(
                "--kubernetes takes the --ledger of a bucket, s3://bucket/prefix: pods on many machines append to it.")
        }
    }

    private static func duration(_ text: String) throws -> Duration {
        guard let duration = HumanText.duration(text), duration > .zero else {
            throw ValidationError("--deadline takes a length of time such as 90m or 12h.")
        }
        return duration
    }

    func run() async throws {
        var plans: [FleetPlan]
        do {
            plans = try FleetPlan.all(in: FilePath(directory))
        } catch {
            throw Failure(.wrongCommand, error)
        }
        guard !plans.isEmpty else {
            throw Failure(.wrongCommand, "\(directory) has no plan: no file that ends in .yaml or .yml.")
        }
        if kubernetes {
            let job = KubernetesJob(
                plans: plans.count, jobs: jobs, directory: FilePath(directory), ledger: ledger.ledger ?? "",
                version: PgAssay.version)
            return Terminal.show(ShownText(lines: job.yaml))
        }
        if let part {
            guard plans.indices.contains(part) else {
                throw Failure(.wrongCommand, "--part \(part): there are \(counted(plans.count, "plan")), from 0 on.")
            }
            plans = [plans[part]]
        }
        let request = FleetRequest(
            plans: plans, jobs: jobs,
            program: FilePath(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")),
            options: signing.words + ledger.words,
            reports: reports.map { FilePath($0) }, deadline: deadline)
        let results: [FleetResult]
        do {
            results = try await cancellingOnSignals(
                onSignal: { Terminal.note("\npgassay: stopping; each drill removes what it made\n") },
                { try await runFleet(request) { Self.show($0) } })
        } catch is CancellationError {
            throw ExitStatus.interrupted
        } catch {
            throw Failure(.couldNotTell, error)
        }
        switch format {
        case .json: Terminal.show(json: try StatementJSON.encode(FleetDocument(results)) + "\n".utf8)
        case .text: Terminal.show(Self.text(of: results))
        }
        throw Self.status(of: results)
    }

    private static func show(_ event: FleetEvent) {
        switch event {
        case .began(let plan): Terminal.note("\(plan): begins\n")
        case .said(let plan, let line): Terminal.note("\(plan): \(line)\n")
        case .ended(let result):
            Terminal.note("\(result.plan): \(result.words), after \(HumanUnits.duration(result.seconds))\n")
        case .again(let plan): Terminal.note("\(plan): no result while other drills ran; it is drilled again alone\n")
        }
    }

    private static func text(of results: [FleetResult]) -> ShownText {
        let status = status(of: results)
        let passed = results.count { $0.hasPassed }
        let words: ShownText = "\(passed) of \(counted(results.count, "plan")) passed."
        var text =
            switch status {
            case .passed: ReportText.headline(.passed, "PASSED: " + words)
            case .failed: ReportText.headline(.failed, "FAILED: " + words)
            case .couldNotTell where results.allSatisfy({ $0.hasPassed || $0.status == .passed }):
                ReportText.headline(.inconclusive, "LEDGER NOT COMPLETE: " + words)
            default: ReportText.headline(.inconclusive, "NO RESULT FOR SOME PLANS: " + words)
            }
        let width = results.map(\.plan.count).max() ?? 0
        text += "\n"
        for result in results {
            text += "  \(result.plan.padding(toLength: width, withPad: " ", startingAt: 0))  \(result.words)\n"
        }
        return text
    }

    /// The worst of all: a backup that failed before a plan that is wrong, and that before what could not tell.
    private static func status(of results: [FleetResult]) -> ExitStatus {
        let all = results.map(\.status)
        for status in [ExitStatus.interrupted, .failed, .wrongCommand, .couldNotTell] where all.contains(status) {
            return status
        }
        return .passed
    }
}

extension FleetResult {
    fileprivate var hasPassed: Bool {
        if case .ended(.passed, _, _, _) = outcome { true } else { false }
    }

    fileprivate var status: ExitStatus {
        switch outcome {
        case .ended(_, _, _, _?): .couldNotTell
        case .ended(let verdict, let cause, _, nil): ExitStatus(verdict, cause)
        case .mistake: .wrongCommand
        case .noReport: .couldNotTell
        // Whoever drills it says what came of it.
        case .skipped: .passed
        }
    }

    fileprivate var words: String {
        switch outcome {
        case .ended(let verdict, let cause, let report, let unrecorded):
            verdict.rawValue + (cause.map { " (cause: \($0.rawValue))" } ?? "") + ", \(report)"
                + (unrecorded.map { ", the ledger is not complete: \($0)" } ?? "")
        case .mistake(let reason): "not drilled: \(reason)"
        case .noReport(let reason): "no report: \(reason)"
        case .skipped: "skipped: another process drills it"
        }
    }
}

/// The results as JSON.
private struct FleetDocument: Encodable {
    let plans: [Result]

    struct Result: Encodable {
        let plan: String
        /// `ended`, `mistake`, `noReport`, `skipped`.
        let outcome: String
        var verdict: Verdict?
        var cause: Cause?
        var report: String?
        var reason: String?
        let seconds: Double

        init(_ result: FleetResult) {
            (plan, seconds) = (result.plan, result.seconds)
            switch result.outcome {
            case .ended(let verdict, let cause, let report, let unrecorded):
                outcome = "ended"
                (self.verdict, self.cause, self.report) = (verdict, cause, report)
                reason = unrecorded
            case .mistake(let reason): (outcome, self.reason) = ("mistake", reason)
            case .noReport(let reason): (outcome, self.reason) = ("noReport", reason)
            case .skipped: outcome = "skipped"
            }
        }
    }

    init(_ results: [FleetResult]) { plans = results.map(Result.init) }
}
