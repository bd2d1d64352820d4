import ArgumentParser
import Backup
import Drill
import Foundation
import Pages
import PlanKeys
import Processes
import Report
import Scratch
import SystemPackage

struct FindCleanCommand: SigningCommand, LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "find-clean", abstract: "Find the newest backup that passes.",
        discussion: """
            Drills the backups of a plan, or those that a pattern names, from the newest to the oldest, and stops at the first \
            that passes. Every drill writes its report; started again, the search goes on where it was. Where the plan says \
            that damage persists once it appears (\(PlanKey.backupDamagePersists)), the search is halved instead.

            Exit codes:
              0    one passes
              1    none does
              2    the command or the plan is wrong, or --expect cannot be asked
              3    none passes, and the result for some is inconclusive
              130  interrupted
            """)

    @Argument(
        help: ArgumentHelp(
            "A plan (.yaml) that names several backups, or a path or pattern in quotes: '/backups/*.dump'.",
            valueName: "plan|backups"))
    var subject: String

    @Option(
        help: ArgumentHelp(
            "A query that must yield true: the symptom of the day, such as a row that must exist. May be repeated.",
            valueName: "sql"))
    var expect: [String] = []

    @Option(help: "Directory for the reports. (default: the plan's, else ./pgassay-reports)")
    var reports: String?

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @OptionGroup(title: "Base backups and snapshots") var recovery: RecoveryOptions
    @OptionGroup(title: "Base backups and snapshots") var places: BaseBackupOptions
    @OptionGroup(title: "Base backups and snapshots") var links: LinkOptions

    @OptionGroup(title: "Manifests of the source") var manifests: ManifestKeyOptions

    @OptionGroup var signer: SignerOptions
    @OptionGroup var unsigned: UnsignedOption

    @OptionGroup var ledger: LedgerOptions

    @OptionGroup var log: LogOptions

    func run() async throws {
        let (backups, request) = try await resolve()
        try request.probeReports()
        let progress = Progress()
        let format = format
        let result: FindCleanResult
        do {
            result = try await cancellingOnSignals(onSignal: Self.sayStopping) {
                try await findClean(among: backups, request, emit: { progress.show($0) }) { tried in
                    progress.finish()
                    switch format {
                    case .json: Terminal.note(tried.text)
                    case .text: Terminal.show(tried.text)
                    }
                }
            }
        } catch let unstored as UnstoredReport {
            throw Failure(.couldNotTell, "a report could not be stored: \(unstored.reason)")
        } catch let mistake as any Mistake {
            progress.finish()
            throw Failure(.wrongCommand, mistake)
        } catch {
            throw Failure(.couldNotTell, error)
        }
        progress.finish()
        if let mistake = result.mistake { throw Failure(.wrongCommand, mistake) }
        if result.interrupted { throw ExitStatus.interrupted }
        let next = nextCommand(after: result, request.plan)
        switch format {
        case .json: Terminal.show(json: try result.json(of: backups.count, next: next) + "\n".utf8)
        case .text: Terminal.show(result.text(of: backups.count, next: next))
        }
        throw ExitStatus(result.verdict, result.verdict == .inconclusive ? .environment : nil)
    }

    private static let sayStopping: @Sendable () -> Void = {
        Terminal.note("\npgassay: stopping; started again, the search goes on from here\n")
    }

    private func resolve() async throws -> (backups: [FoundBackup], request: DrillRequest) {
        var plan = try Plan(named: subject)
        try recovery.change(&plan)
        try places.change(&plan, links)
        let backups: [FoundBackup]
        guard let source = plan.backup else {
            throw Failure(.wrongCommand, "the plan names no backup, so there is nothing to search among.")
        }
        do {
            backups = try await findBackups(source)
        } catch {
            throw Failure(finding: error)
        }
        for query in expect { plan.expect(query) }
        var request = DrillRequest(
            plan: plan, backup: backups[0],
            reports: FilePath(reports ?? plan.reports?.string ?? "pgassay-reports"),
            signer: try signing.key(for: "the reports", plan: plan.signing),
            trigger: Report.Trigger(ofThisProcess: ()), toolVersion: PgAssay.version, keepScratch: false)
        request.ledger = try ledger.destination(
            plan.ledger, nextWithin: plan.within, reports: request.reports, signer: request.signer)
        request.manifest = try manifests.choice(plan: plan.manifest.publicKey, own: request.ring)
        do {
            try request.requirePossible()
        } catch {
            throw Failure(.wrongCommand, error)
        }
        return (backups, request)
    }

    /// What a person does next: looks into the backup that passes, or reads why the newest does not.
    private func nextCommand(after result: FindCleanResult, _ plan: Plan) -> [String]? {
        let program = CommandLine.arguments[0]
        guard let clean = result.clean else {
            return result.tried.first.map { [program, "report", "show", $0.file.string] }
        }
        var words = [program, "drill"] + clean.backup.arguments(in: subject, isPlan: plan.source.file != nil)
        words += places.words + links.words + recovery.words + manifests.words + signing.words + ledger.words
        if reports != nil { words += ["--reports", reports!] }
        if clean.backup.canBeKept, plan.scratch.server == nil { words.append("--keep-scratch") }
        return words
    }
}

extension FoundBackup {
    /// The arguments of a drill of exactly this one.
    /// - Parameter subject: the plan or the pattern among whose backups it is.
    fileprivate func arguments(in subject: String, isPlan: Bool) -> [String] {
        switch origin {
        case .files(let path): isPlan ? [subject, "--backup", path.string] : [path.string]
        case .repository, .unlisted, .snapshot: [subject, "--pick", name]
        }
    }

    /// False for what costs money while it is there.
    fileprivate var canBeKept: Bool { if case .snapshot = origin { false } else { true } }
}
