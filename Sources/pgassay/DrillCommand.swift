import Archive
import ArgumentParser
import Backup
import Drill
import Evidence
import Findings
import Foundation
import Pages
import Processes
import Report
import Restore
import Scratch
import SystemPackage

enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json }

struct DrillCommand: SigningCommand, LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Restore a backup, check what came back, and sign a report.",
        discussion: """
            PLAN is a YAML file (see config/plan.schema.json). A BACKUP alone is enough: every check that needs no \
            configuration runs.

            \(ExitStatus.help)
            """)

    @Argument(help: ArgumentHelp("A plan (.yaml) or a backup.", valueName: "plan|backup"))
    var subject: String

    @Option(help: "Drill this backup instead of the plan's.")
    var backup: String?

    @Option(help: "Which backup to take where there are several: newest, oldest, random, or a file's name.")
    var pick: String?

    @Option(help: "Directory for the report. (default: the plan's, else ./pgassay-reports)")
    var reports: String?

    @Option(help: "text, or json: the report's statement on standard output and nothing else.")
    var format: OutputFormat = .text

    @Flag(help: "Show every finding in the text, also those that passed.")
    var all = false

    @Option(
        defaultAsFlag: .besideReport,
        help: ArgumentHelp(
            "Also make a page of the report: beside it, or in this file, whose name ends in .html.", valueName: "page"))
    var html: PagePlace?

    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false

    @Flag(help: "Leave the scratch server running, and say how to connect and how to remove it.")
    var keepScratch = false

    @OptionGroup(title: "Base backups and snapshots") var recovery: RecoveryOptions

    // Option groups do not contain each other: in a debug build, ArgumentParser checks each of them at each start, and takes four
    // times as long for each level.
    @OptionGroup(title: "Base backups and snapshots") var places: BaseBackupOptions
    @OptionGroup(title: "Base backups and snapshots") var links: LinkOptions

    @Option(
        help: ArgumentHelp(
            "Drill what this job of AWS Backup has restored in a restore test, and tell AWS Backup the result.",
            valueName: "id"))
    var restoreJob: String?
    @OptionGroup(title: "Dumps") var globals: GlobalsOptions

    @OptionGroup(title: "Manifest of the source") var manifest: ManifestOptions
    @OptionGroup(title: "Manifest of the source") var manifestKey: ManifestKeyOptions

    @OptionGroup var signer: SignerOptions
    @OptionGroup var unsigned: UnsignedOption

    @OptionGroup var ledger: LedgerOptions

    @OptionGroup var log: LogOptions

    func run() async throws {
        let plan = Result { try Plan(named: subject) }
        guard !dryRun else { return try await showDryRun(of: completed(resolve(plan.get()))) }
        let result = try await JobNotices(.drill, of: subject, try? plan.get()).telling {
            let request = try await resolve(plan.get())
            return try await request.entering { try await perform(request) }
        } ended: {
            JobNotices.End(of: $0)
        }
        throw ExitStatus(result.report.verdict, result.report.cause).failing(result.ledger?.problem)
    }

    private func completed(_ request: DrillRequest) throws -> DrillRequest {
        var request = request
        request.manifest = try manifestKey.choice(
            file: manifest.manifest, plan: request.plan.manifest.publicKey, own: request.ring)
        if let html { request.reportSteps.append(WritePage(place: html, signer: request.signer)) }
        return request
    }

    private func perform(_ request: DrillRequest) async throws -> DrillResult {
        let request = try completed(request)
        try request.probeReports()
        let progress = Progress()
        let result: DrillResult
        do {
            result = try await cancellingOnSignals(onSignal: Self.sayStopping) {
                [request] in
                try await runDrill(request) { progress.show($0) }
            }
        } catch let unstored as UnstoredReport {
            progress.finish()
            show(unstored.statement, as: ReportText.render(unstored.report, all: all))
            throw Failure(.couldNotTell, "this is not stored anywhere: \(unstored.reason)")
        } catch let mistake as any Mistake {
            progress.finish()
            throw Failure(.wrongCommand, mistake)
        } catch {
            progress.finish()
            throw Failure(.couldNotTell, "the report could not be written: \(error)")
        }
        progress.finish()
        show(result.statement, as: summary(of: result, request.plan))
        return result
    }

    private static let sayStopping: @Sendable () -> Void = {
        Terminal.note("\npgassay: stopping; what was made for the drill is being removed and the report written\n")
    }

    // MARK: Flags to values

    private func resolve(_ plan: Plan) async throws -> DrillRequest {
        var plan = plan
        if plan.backup == nil, let backup { plan.backup = BackupSource(path: backup) }
        try recovery.change(&plan)
        try places.change(&plan, links)
        if let restoreJob {
            guard backup == nil, pick == nil, !keepScratch else {
                throw Failure(
                    .wrongCommand,
                    "--restore-job says what is drilled and who keeps it: leave out --backup, --pick and --keep-scratch."
                )
            }
            try plan.drill(restoredBy: restoreJob)
        }
        globals.change(&plan)
        if keepScratch && plan.scratch.server != nil {
            throw Failure(.wrongCommand, "--keep-scratch needs a scratch server; the plan names an existing one.")
        }
        if keepScratch, backup == nil, case .snapshot = plan.backup?.place {
            throw Failure(
                .wrongCommand, "--keep-scratch would leave an instance in AWS that costs money; it is always deleted.")
        }
        return try await DrillRequest(
            plan, backup: backup, pick: pick, reports: reports,
            key: try signing.key(for: "the report", plan: plan.signing, isNeeded: !dryRun), ledger: ledger,
            begins: !dryRun, keepScratch: keepScratch)
    }

    // MARK: Output

    /// Prints the report on standard output.
    private func show(_ statement: [UInt8], as text: ShownText) {
        switch format {
        case .json: Terminal.show(json: statement + "\n".utf8)
        case .text: Terminal.show(text)
        }
    }

    /// The report, followed by the verdict again and what to do with the file: after a long report, the reader sees
    /// only its end.
    private func summary(of result: DrillResult, _ plan: Plan) -> ShownText {
        let report = result.report
        var text = ReportText.render(report, all: all) + "\n"
        text += ReportText.verdict(report.verdict, report.cause)
        text += signing.words(of: result.file, isSigned: report.signed, plan: plan.signing)
        text += LedgerOptions.words(of: result.ledger)
        if let html, result.steps.contains(ReportStepResult(step: WritePage.stepName, outcome: .done)) {
            text += "Page     \(verbatim: html.file(of: result.file))\n"
        }
        if let kept = result.kept {
            text += "Connect  \(verbatim: kept.connect)\nRemove   \(verbatim: kept.remove)\n"
        }
        return text
    }

    private func signature(of request: DrillRequest) -> String {
        if let signer = request.signer { return "signed by the key \(signer.publicKey.fingerprint.prefix(17))…" }
        return signing.unsigned
            ? "unsigned, on request" : "but no key is named to sign it, so a drill would not start (--signing-key)"
    }

    private func showDryRun(of request: DrillRequest) async throws {
        let dryRun: DryRun
        do {
            dryRun = try await DryRun(of: request, signature: signature(of: request))
        } catch let mistake as any Mistake {
            throw Failure(.wrongCommand, mistake)
        } catch let error as ArchiveError {
            throw Failure(error.isBackupAtFault ? .failed : .couldNotTell, error)
        } catch let error as FlawedBackup {
            throw Failure(.failed, error)
        } catch {
            throw Failure(.couldNotTell, error)
        }
        switch format {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.dateEncodingStrategy = .iso8601
            Terminal.show(json: try encoder.encode(dryRun) + "\n".utf8)
        case .text: Terminal.show(dryRun.text)
        }
        if !dryRun.obstacles.isEmpty { throw ExitStatus.couldNotTell }
        if dryRun.wouldFail { throw ExitStatus.failed }
    }
}

extension DryRun {
    fileprivate var text: ShownText {
        let rows: [(String, String?)] = [
            ("Plan", plan), ("Backup", "\(backup): \(whyThisOne)"),
            ("", formatAndSize),
            ("Taken", created.map { "\($0.formatted(.iso8601)) (\(createdBasis ?? ""))" }),
            ("From", serverVersion.map { "PostgreSQL \($0)" }), ("By", dumpVersion.map { "pg_dump \($0)" }),
            ("Server", server), ("Isolation", isolation.joined(separator: "; ")),
            ("Scratch", scratchDirectory),
            ("Cost", cost), ("Disk", diskNeeded.map { "about \(HumanUnits.bytes($0)) needed" + free }),
        ]
        let facts = rows.compactMap { name, value -> ShownText? in
            value.map { "\(name.padding(toLength: 10, withPad: " ", startingAt: 0))\($0)\n" }
        }
        let plan = steps.enumerated().map { "  \($0 + 1). \($1)\n" as ShownText }
        return "Nothing was done. A drill would:\n\n" + plan.joined() + "\n" + facts.joined()
            + obstacles.map { "\nIt would not run: \($0)\n" as ShownText }.joined() + missing
    }

    private var missing: ShownText {
        if missingNames.isEmpty { return "" }
        let head: ShownText =
            wouldFail
            ? "\nIt would fail. The plan names objects that the backup does not have:\n"
            : "\nIt may fail. The backup does not have these objects, but an extension may create them:\n"
        return head + missingNames.map { "  \($0)\n" as ShownText }.joined()
    }

    private var free: String { diskFree.map { ", \(HumanUnits.bytes($0)) free" } ?? "" }
}
