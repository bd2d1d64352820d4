import ArgumentParser
import Backup
import Drill
import Findings
import Pages
import Processes

struct InspectCommand: LoggingCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Read a backup to its last byte and check it, with no server.",
        discussion: """
            Of a dump, every structure, row and large object is read: what is missing, cut off or damaged is named, values that \
            no server takes, NULLs, duplicate keys and orphans too, and each table is listed with its rows, their digest and \
            its newest time. Whether the backup restores is what a drill tells.

            \(ExitStatus.help)
            """)

    @Argument(help: "A backup: a dump, or a base backup.")
    var backup: String

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    @OptionGroup(title: "Manifest of the source") var manifest: ManifestOptions

    @OptionGroup var log: LogOptions

    func run() async throws {
        var request = try await DrillRequest(
            Plan(ofBackupAt: backup), backup: nil, pick: nil, reports: nil, key: nil, keepScratch: false)
        request.manifest = try manifest.choice(signer: nil)
        let progress = Progress()
        let inspection: Inspection
        do {
            inspection = try await cancellingOnSignals(
                onSignal: {}, { [request] in try await inspectOnly(request, emit: { progress.show($0) }) })
        } catch let mistake as any Mistake {
            progress.finish()
            throw Failure(.wrongCommand, mistake)
        }
        progress.finish()
        switch format {
        case .json: Terminal.show(json: try inspection.encoded() + "\n".utf8)
        case .text: Terminal.show(inspection.text)
        }
        throw ExitStatus(inspection.verdict, inspection.cause)
    }
}

extension Inspection {
    fileprivate var text: ShownText {
        let headline =
            verdict == .passed
            ? ReportText.headline(.passed, "PASSED: nothing wrong was found in the backup without restoring it.")
            : ReportText.verdict(verdict, cause)
        return headline + "\(backup.name), \(HumanUnits.bytes(backup.bytes)).\n\n" + ReportText.render(checks: checks)
            + (tables.isEmpty ? "" : "\n" + ReportText.render(tables: tables))
    }
}
