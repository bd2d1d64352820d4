import Evidence
import FoundationEssentials

/// What is signed of a pack: which files are in it, and for which time it speaks. Its subjects are the files, by digest.
package struct PackContents: StatementPredicate {
    package static let predicateType = "tag:pgassay,2026:evidence-pack/v1"
    package static let words = DocumentNames(
        name: "pack", fullName: "a pack of evidence", file: "A pack is a file that pgassay evidence has written.",
        howToSign: "pgassay evidence signs it.")
    package static let signedField = "predicate.signed"

    package var signed = true
    package var created: Date
    /// The window: reports of drills that ended from this moment on,
    package var from: Date
    /// and before this one.
    package var to: Date
    package var tool: String
    /// The name of the ledger.
    package var origin: String
    /// How many entries it had.
    package var size: Int64

    package init(created: Date, from: Date, to: Date, tool: String, origin: String, size: Int64) {
        self.created = created
        self.from = from
        self.to = to
        self.tool = tool
        self.origin = origin
        self.size = size
    }

    package func contradictions(subject: [ResourceDescriptor]) -> [String] {
        var found: [String] = []
        if from >= to { found.append("its window ends before it begins") }
        let names = subject.compactMap(\.name)
        if Set(names).count != subject.count || subject.contains(where: { $0.digest?["sha256"] == nil }) {
            found.append("`subject` does not name each file once, by its SHA-256")
        }
        return found
    }
}

/// Names of files in a pack.
enum PackNames {
    static let statement = "pack.dsse.json"
    static let overview = "overview.txt"
    static let instructions = "VERIFY.md"
    static let policy = "tlog-policy"
    static let reports = "reports"
    static let pages = "pages"
    static let ledger = "ledger"

    /// The readable page of a report.
    static func page(of report: String) -> String { "\(pages)/\(report).txt" }

    /// True for a name that leads to a place below the pack and nowhere else.
    static func isSafe(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return !name.hasPrefix("/") && parts.count <= 20 && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}
