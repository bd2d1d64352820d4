import ArgumentParser
import ColdTier
import Drill
import Evidence
import Files
import Findings
import Foundation
import Ledger
import Pages
import Report
import Status
import SystemPackage

struct ReportPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove old reports that nobody needs any more; first say which.",
        discussion: """
            Without --remove, nothing is changed. With it, the ledger gets a note for each report before its files go, so that \
            ledger verify knows why they are gone; its entries stay for ever.

            What stays, however old: the last report of each plan and the last that passed; reports with an open corrective \
            action, that wait for approval, that an export to cold storage relies on, or of which the ledger has no entry.

            \(ExitStatus.pruneHelp)
            """)

    @Option(help: ArgumentHelp("How old: 90d, 18mo, 2y.", valueName: "span"))
    var olderThan: CalendarSpan

    @Flag(help: "Remove them.")
    var remove = false

    @OptionGroup var source: LedgerSource
    @OptionGroup var trust: KeyRingOptions
    @OptionGroup var signer: SignerOptions

    func run() async throws {
        let facts = try await source.facts(trust)
        let before = olderThan.before(facts.now)
        let retention = Retention(facts, before: before)
        for kept in retention.kept { Terminal.show("stays     \(kept.file): \(kept.reason)\n") }
        guard remove else {
            for one in retention.removable { Terminal.show("would go  \(one.file)\n") }
            return Terminal.show(
                "\(counted(retention.removable.count, "report")) would go; nothing was changed: add --remove.\n")
        }
        guard !retention.removable.isEmpty else { return Terminal.show("There is no report to remove.\n") }
        let destination = try source.destination(try signer.signer(for: "the notes in the ledger"))
        do {
            for one in retention.removable {
                try await note(one, before, destination)
                try removeFiles(of: one.file)
                Terminal.show("gone      \(one.file)\n")
            }
        } catch {
            throw LedgerSource.failure(of: error)
        }
        Terminal.show("\(counted(retention.removable.count, "report")) removed; the ledger says why.\n")
    }

    private func note(_ one: Retention.Removable, _ before: Date, _ destination: DrillLedger) async throws {
        for about in one.entries where about.entry.envelope != nil {
            var entry = LedgerEntry(.note, time: Date())
            (entry.plan, entry.run, entry.about) = (about.entry.plan, about.entry.run, about.index)
            entry.text = "removed on purpose: it is of before \(Timestamp.plain(before)), and nobody needs it any more"
            await destination.show(try await destination.place.append(entry))
        }
    }

    /// The report last: what is beside it is not found without it.
    private func removeFiles(of report: String) throws {
        let directory = FilePath(source.reports)
        for name in try Files.names(in: directory)
        where name == report + LogProof.nameEnd || StoredAddition.reportName(ofAddition: name) == report
            || name.hasSuffix(LogProof.nameEnd)
                && StoredAddition.reportName(ofAddition: String(name.dropLast(LogProof.nameEnd.count))) == report
        {
            try FileManager.default.removeItem(atPath: directory.appending(name).string)
        }
        try FileManager.default.removeItem(atPath: directory.appending(report).string)
    }
}
