import Demo
import Findings
import Pages

extension DemoResult {
    /// A table of the copies, and below it what was done to each and what was found.
    /// - Parameter kept: the directory that keeps the dumps; nil if they are removed.
    func text(keptIn kept: String?) -> ShownText {
        let head = ["copy", "pg_restore", "came back", "pgassay"]
        let rows = copies.map { copy in
            [copy.name, copy.restore.words(short: true), copy.cameBack(of: source), copy.verdict]
        }
        var text: ShownText =
            "A made-up farm database, dumped by pg_dump \(postgres), and copies that were damaged:\n\n"
        text += ShownText(lines: TextStyle.columns([head] + rows).map { "  \($0)\n" }.joined())
        for copy in copies {
            guard let damage = copy.damage else { continue }
            text += "\n\(copy.name): \(damage)\n"
            text += "  pg_restore  \(copy.restore.words(short: false))\n"
            text += "  pgassay     \(copy.finding)\n"
        }
        text +=
            "\npg_restore says of \(unnoticed.count) of \(counted(copies.count - 1, "damaged copy", "damaged copies")) that all is well.\n"
        if let kept {
            text +=
                "Dumps and reports are in \(kept). Try\n    \(verbatim: ShellWords.line(["pgassay", "inspect", "\(kept)/cut.d"]))\n"
        }
        return text
    }
}

extension DemoRestore {
    /// - Parameter short: without what it said.
    fileprivate func words(short: Bool) -> String {
        if short { return "exit \(exitCode)\(words.isEmpty ? ", silent" : "")" }
        return "exit code \(exitCode)\(words.isEmpty ? ", and it printed nothing" : ": \(words)")"
    }
}

extension DemoCopy {
    fileprivate func cameBack(of source: DemoCount) -> String {
        "\(restore.count.rows)/\(counted(source.rows, "row")), \(restore.count.photos)/\(counted(source.photos, "picture"))"
    }

    fileprivate var verdict: String {
        let word = report.verdict.rawValue.uppercased()
        return report.cause.map { "\(word): \($0.rawValue)" } ?? word
    }

    /// The first that pgassay found, and how much more there is.
    fileprivate var finding: String {
        guard let first = complaints.first else { return "found nothing wrong" }
        let comparison = ReportText.comparison(of: first)
        let words = comparison.isEmpty ? first.reason ?? "" : comparison
        let more = complaints.count > 1 ? ", and \(complaints.count - 1) more" : ""
        return "\(first.subject): \(words)\(more)"
    }
}

/// What `demo --format json` prints.
struct DemoDocument: Encodable {
    struct Copy: Encodable {
        struct Restored: Encodable {
            let exitCode: Int
            /// The last line that it said; empty if it said nothing.
            let words: String
            let rows: Int
            let pictures: Int
        }

        struct Drilled: Encodable {
            let verdict: Verdict
            let cause: Cause?
            /// All findings that failed or were inconclusive.
            let findings: [Finding]
            /// Nil where it is not kept.
            let report: String?
        }

        let name: String
        /// Nil for the copy that is whole.
        let damage: String?
        /// Nil where it is not kept.
        let path: String?
        let pgRestore: Restored
        let pgassay: Drilled
    }

    let postgres: String
    /// Of the source.
    let rows: Int
    /// Of the source.
    let pictures: Int
    let copies: [Copy]
    /// Whether pgassay passed the whole dump and failed each damaged one.
    let isJudgedRight: Bool

    init(_ result: DemoResult, isKept: Bool) {
        (postgres, isJudgedRight) = (result.postgres, result.isJudgedRight)
        (rows, pictures) = (result.source.rows, result.source.photos)
        copies = result.copies.map { copy in
            Copy(
                name: copy.name, damage: copy.damage, path: isKept ? copy.path.string : nil,
                pgRestore: Copy.Restored(
                    exitCode: copy.restore.exitCode, words: copy.restore.words, rows: copy.restore.count.rows,
                    pictures: copy.restore.count.photos),
                pgassay: Copy.Drilled(
                    verdict: copy.report.verdict, cause: copy.report.cause, findings: copy.complaints,
                    report: isKept ? copy.reportFile.string : nil))
        }
    }
}
