import ArgumentParser
import Evidence
import Foundation
import Ledger
import Pages

struct LedgerListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the entries of a ledger. Verifies nothing: see ledger verify.")

    @OptionGroup var source: LedgerSource

    @Option(help: "Only the entries of this plan.")
    var plan: String?

    @Option(help: "text, or json: one document on standard output and nothing else.")
    var format: OutputFormat = .text

    func run() async throws {
        let (checkpoint, entries, hasAnchors) = try await source.reading { reader in
            let checkpoint = try await reader.checkpoint(signedBy: nil).checkpoint
            var entries: [NumberedEntry] = []
            try await reader.entries(ofTreeOf: checkpoint.size) { entry in
                if plan == nil || entry.entry.plan == plan { entries.append(entry) }
            }
            return (checkpoint, entries, try await reader.hasAnchors())
        }
        switch format {
        case .json: Terminal.show(json: try Listing(checkpoint, entries).json + "\n".utf8)
        case .text:
            let rows = entries.map(\.columns)
            let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
            for row in rows {
                let cells = zip(row, widths).map {
                    $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0)
                }
                Terminal.show("\(cells.joined(separator: "  ") + "  " + row[5])\n")
            }
            for waiting in WaitingReports.all(in: entries) {
                Terminal.show(
                    "Waits for approval by \(waiting.missing.joined(separator: ", ")): \(waiting.entry.entry.file ?? "entry \(waiting.entry.index)")\n"
                )
            }
            Terminal.show("\(checkpoint.origin): \(checkpoint.size) entries; not verified: see pgassay ledger verify\n")
            if !hasAnchors { Terminal.show("\(LogAudit.whoCanRewrite)\n") }
        }
    }

    private struct Listing: Encodable {
        let origin: String
        let size: Int64
        let root: String
        let entries: [Entry]

        /// Reports that wait for approval.
        let waiting: [Waiting]

        struct Waiting: Encodable {
            /// The number of the entry.
            let entry: Int64
            /// Roles.
            let missing: [String]
        }

        struct Entry: Encodable {
            let index: Int64
            let entry: LedgerEntry
        }

        init(_ checkpoint: Checkpoint, _ entries: [NumberedEntry]) {
            (origin, size, root) = (checkpoint.origin, checkpoint.size, checkpoint.root.base64)
            self.entries = entries.map { Entry(index: $0.index, entry: $0.entry) }
            waiting = WaitingReports.all(in: entries).map { Waiting(entry: $0.entry.index, missing: $0.missing) }
        }

        var json: [UInt8] { get throws { try StatementJSON.encode(self) } }
    }
}

extension NumberedEntry {
    fileprivate var columns: [String] {
        let ending = entry.ending.map { "without a report (\($0.rawValue))" }
        let words = [
            entry.role.map { "as \($0)" }, entry.file, ending, entry.about.map { "about entry \($0)" }, entry.text,
            entry.previous.map { "goes on from \($0.origin) at \($0.size)" },
        ]
        return [
            "\(index)", Timestamp.plain(entry.time), entry.kind.rawValue, entry.plan ?? "",
            entry.verdict?.rawValue ?? "", words.compactMap { $0 }.joined(separator: ": "),
        ]
    }
}
