import Crypto
import Findings
import Report

/// The names of a site's files: the same for the same reports.
enum SiteNames {
    static let index = "index.html"
    static let ledger = "ledger.html"
    static let cold = "cold-storage.html"

    /// - Parameter plan: its name.
    static func page(ofPlan plan: String) -> String {
        let name = safe(plan)
        // Two plans may differ by the case of letters alone, which some web servers and file systems do not tell apart.
        return "plans/\(name == plan && name != name.lowercased() ? marked(name, of: plan) : name).html"
    }

    /// - Parameter report: the name of its file.
    static func page(ofReport report: String) -> String {
        let end = ReportCatalogue.fileNameEnd
        return "reports/\(safe(report.hasSuffix(end) ? String(report.dropLast(end.count)) : report)).html"
    }

    /// A name that is safe in a file system and in a link. One that is changed gets a digest of what it was.
    private static func safe(_ name: String) -> String {
        let kept = name.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".": Character(scalar)
            default: "-"
            }
        }
        let text = String(String(kept).drop { $0 == "." || $0 == "-" }.prefix(150))
        return text == name && !text.isEmpty ? text : marked(text, of: name)
    }

    private static func marked(_ text: String, of name: String) -> String {
        (text.isEmpty ? "" : "\(text)-") + Hex.encode(SHA256.hash(data: Array(name.utf8))).prefix(8)
    }
}
