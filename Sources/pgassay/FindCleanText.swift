import Drill
import Evidence
import Findings
import Foundation
import Pages
import Report

extension TriedBackup {
    /// What came of one backup, with what did not pass.
    var text: ShownText {
        let taken = report.backup.created.map { ", taken \($0.formatted(.iso8601))" } ?? ""
        let again = isKnown ? " (drilled before)" : ""
        let head: ShownText = "\(report.verdict.rawValue.uppercased())  \(report.backup.name)\(taken)\(again)\n"
        return head + complaints.prefix(5).map { "        \($0)\n" as ShownText }.joined()
            + (complaints.count > 5 ? "        and \(complaints.count - 5) more, in the report\n" : "")
    }
}

extension FindCleanResult {
    /// The answer, what is not in the backup that passes, and the next command.
    /// - Parameter count: of the backups that there are.
    func text(of count: Int, next: [String]?) -> ShownText {
        var text = notBackups.map { "Passed over: \($0.description)\n" as ShownText }.joined()
        if let clean {
            text += "The newest that passes: \(clean.backup.location)\n"
            if let created = clean.report.backup.created {
                text += "What was written since \(created.formatted(.iso8601)) is not in it.\n"
            }
            text += comparison
            if let unsure = tried.first(where: { $0.report.verdict == .inconclusive }) {
                text += "The result for a newer one is inconclusive: \(unsure.backup.location)\n"
            }
            if let next { text += "To look into it, and to restore from it:\n    \(verbatim: ShellWords.line(next))\n" }
        } else {
            text += "None of \(counted(count - notBackups.count, "backup")) passes.\n"
            if let next { text += "Why the newest does not:\n    \(verbatim: ShellWords.line(next))\n" }
        }
        return text
    }

    private var comparison: ShownText {
        let since = dataSince
        guard !since.isEmpty, let newest = newestReadable else { return "" }
        return "Compared with it, \(newest.report.backup.name), the newest that could be read, has:\n"
            + since.prefix(20).map { "        \($0.words)\n" as ShownText }.joined()
            + (since.count > 20 ? "        and \(since.count - 20) tables more, in the reports\n" : "")
    }

    /// The same as one JSON document.
    func json(of count: Int, next: [String]?) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let document = FindCleanDocument(
            verdict: verdict, backups: count, notBackups: notBackups.map(\.description),
            clean: clean.map(FindCleanDocument.Tried.init),
            tried: tried.map(FindCleanDocument.Tried.init),
            since: dataSince.map { FindCleanDocument.Since(table: $0.table, rows: $0.rows, newest: $0.newest) },
            next: next)
        return Array(try encoder.encode(document))
    }
}

extension DataSince {
    fileprivate var words: String {
        let rows = rows.map { "\(counted(abs($0), "row")) \($0 < 0 ? "fewer" : "more")" }
        return
            "\(table): \([rows ?? "rows not counted", newest.map { "newest \($0)" }].compactMap { $0 }.joined(separator: ", "))"
    }
}

/// What `find-clean --format json` prints.
private struct FindCleanDocument: Encodable {
    struct Tried: Encodable {
        let location: String
        let created: Date?
        let verdict: Verdict
        let cause: Cause?
        let report: String
        let isKnown: Bool
        let complaints: [String]

        init(_ tried: TriedBackup) {
            location = tried.backup.location
            created = tried.report.backup.created
            verdict = tried.report.verdict
            cause = tried.report.cause
            report = tried.file.string
            isKnown = tried.isKnown
            complaints = tried.complaints
        }
    }

    struct Since: Encodable {
        let table: String
        let rows: Int64?
        let newest: String?
    }

    let verdict: Verdict
    /// How many there are.
    let backups: Int
    /// What lies among them and is no backup, each with what it is.
    let notBackups: [String]
    let clean: Tried?
    let tried: [Tried]
    /// What the newest backup that could be read has and the one that passes has not.
    let since: [Since]
    /// The next command, word by word.
    let next: [String]?
}
