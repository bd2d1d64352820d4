import Evidence
import Findings
import FoundationEssentials
import Report

extension ReportPage {
    /// What is known of the signature, beside the verdict.
    struct Signature: Sendable {
        let mark: Mark
        let words: String
        /// Of the key, in groups of eight digits; nil where no key was looked at.
        let fingerprint: String?
    }

    /// How a reader verifies the report without this page.
    struct Verification: Sendable {
        let file: String
        let sha256: String
        let command: String
        /// Of the backup; nil if its digest was not known in the end.
        let backupCommand: String?
        let followsUp: [String]
    }
}

extension ReportPage.Signature {
    init(_ signature: PageSource.Signature) {
        switch signature {
        case .unsigned:
            mark = .unsure("Not signed")
            words = "The report has no signature: it proves nothing to others."
            fingerprint = nil
        case .unchecked:
            mark = .unsure("Signature not checked")
            words =
                "The report has a signature, and it was not checked when this page was made: nothing proves what the page shows."
            fingerprint = nil
        case .verified(let key, let time):
            mark = .good("Signature verified")
            let holder = key.holder.map { " of \($0)" } ?? ""
            words =
                "The signature was verified with the key\(holder) below on \(Timestamp.plain(time)), when this page was made."
            fingerprint = key.publicKey.fingerprint
        case .made(let key):
            mark = .plain("Signed")
            words = "The drill signed the report with the key below, and then made this page."
            fingerprint = key.fingerprint
        }
    }
}

extension ReportPage.Verification {
    init(_ report: Report, _ source: PageSource) {
        file = source.file
        sha256 = source.sha256
        let verify = ["pgassay", "report", "verify", source.file, "--public-key", "PUBLIC-KEY.pem"]
        command = ShellWords.line(verify)
        backupCommand =
            report.backup.digest.isEmpty
            ? nil : ShellWords.line(verify + ["--backup", report.backup.location])
        followsUp = ReportText.followUps(report)
    }
}
