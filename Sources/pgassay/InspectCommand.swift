import ArgumentParser
import Backup
import Drill
import Evidence
import Findings
import Pages
import Processes
import Report

struct InspectCommand: SigningCommand, LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Read a backup to its last byte and check it, with no server.",
        discussion: """
            Of a dump, every structure, row and large object is read: what is missing, cut off or damaged is named, values that \
            no server takes, NULLs, duplicate keys and orphans too, and each table is listed with its rows, their digest and \
            its newest time. Of a base backup, every file is compared with the manifest, every page with its checksum, and the \
            log is followed record by record. Whether the backup restores is what a drill tells.

            With a key, or with --unsigned, a report is written: that of an inspection, which nobody takes for a drill's.

            \(ExitStatus.help)
            """)

    @Argument(help: "A backup: a dump, or a base backup.")
    var backup: String

    @Option(help: "Directory for the report. (default: ./pgassay-reports)")
    var reports: String?

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @Flag(help: "Show every finding in the text, also those that passed.")
    var all = false

    @OptionGroup(title: "A part of a huge backup") var sampling: SampleOptions

    @OptionGroup(title: "Base backups") var places: BaseBackupOptions
    @OptionGroup(title: "Base backups") var links: LinkOptions

    @OptionGroup(title: "Dumps") var globals: GlobalsOptions

    @OptionGroup(title: "Manifest of the source") var manifest: ManifestOptions
    @OptionGroup(title: "Manifest of the source") var manifestKey: ManifestKeyOptions

    @OptionGroup var signer: SignerOptions
    @OptionGroup var unsigned: UnsignedOption

    @OptionGroup var ledger: LedgerOptions

    @OptionGroup var log: LogOptions

    func validate() throws {
        try signing.validate()
        guard sampling.sample != nil, reports != nil || !signing.words.isEmpty else { return }
        throw ValidationError(
            "there is no report of a sample: a report speaks for a whole backup. Leave out --sample, or what asks for a report."
        )
    }

    func run() async throws {
        var plan = Plan(ofBackupAt: backup)
        try places.change(&plan, links)
        globals.change(&plan)
        var request = try await DrillRequest(
            plan, backup: nil, pick: nil, reports: reports,
            key: try sampling.sample == nil
                ? signing.key(for: "the report", plan: nil, isNeeded: reports != nil) : nil, ledger: ledger,
            begins: false, keepScratch: false)
        request.manifest = try manifestKey.choice(file: manifest.manifest, own: request.ring)
        let storesReport = request.signer != nil || signing.unsigned
        let record = sampling.file(of: backup)
        let sample = try sampling.request(record)
        if storesReport { try request.probeReports() }
        let inspection = try await inspect(request, storesReport, sample)
        if let read = inspection.sample { try record?.write(read.record) }
        switch format {
        case .json: Terminal.show(json: try inspection.encoded() + "\n".utf8)
        case .text: Terminal.show(text(of: inspection))
        }
        throw ExitStatus(inspection.report.verdict, inspection.report.cause).failing(inspection.ledger?.problem)
    }

    private func inspect(
        _ request: DrillRequest, _ storesReport: Bool, _ sample: SampleRequest?
    ) async throws -> Inspection {
        let progress = Progress()
        defer { progress.finish() }
        do {
            let emit: DrillEventSink = { progress.show($0) }
            return try await cancellingOnSignals(
                onSignal: {},
                { [request] in try await inspectOnly(request, storesReport: storesReport, sample: sample, emit: emit) })
        } catch let unstored as UnstoredReport {
            progress.finish()
            switch format {
            case .json: Terminal.show(json: unstored.statement + "\n".utf8)
            case .text: Terminal.show(ReportText.render(inspection: unstored.report, all: all))
            }
            throw Failure(.couldNotTell, "this is not stored anywhere: \(unstored.reason)")
        } catch let mistake as any Mistake {
            progress.finish()
            throw Failure(.wrongCommand, mistake)
        }
    }

    private func text(of inspection: Inspection) -> ShownText {
        let report = inspection.report
        let text = ReportText.render(inspection: report, isSample: inspection.sample != nil, all: all)
        if let sample = inspection.sample { return text + "\n" + sample.coverage.text }
        guard let stored = inspection.stored else { return text }
        return text + "\n" + ReportText.inspectionVerdict(report.verdict, report.cause)
            + signing.words(of: stored.file, isSigned: report.signed, plan: nil)
            + LedgerOptions.words(of: inspection.ledger)
    }
}
