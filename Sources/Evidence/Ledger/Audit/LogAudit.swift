import Evidence
import Findings
import FoundationEssentials
import SystemPackage

/// What there is to say of a ledger: whether its files are those that were signed, and what is not accounted for.
package struct LogAudit: Sendable {
    package let location: String
    package internal(set) var checkpoint: Checkpoint?
    /// What other people's verifiers take for the keys that were given.
    package internal(set) var verifierKeys: [String] = []
    package internal(set) var entries: [NumberedEntry] = []
    package internal(set) var remarks: [Remark] = []
    /// How many reports are as they were when they were entered.
    package internal(set) var goodReports = 0
    /// How many approvals and annotations are as they were when they were entered.
    package internal(set) var goodAdditions = 0
    /// How many documents have entries and lie elsewhere: manifests of dumps and of exports.
    package internal(set) var elsewhere = 0
    /// How many receipts there are of those who were shown a checkpoint.
    package internal(set) var anchors = 0

    /// Of notes, by the entry that they are about: the last one of each. Nil until it is needed.
    private var notes: [Int64: NumberedEntry]?

    init(location: String) { self.location = location }

    package struct Remark: Sendable, Equatable {
        package enum Kind: String, Sendable, Codable {
            /// A file is not what was signed, or not there.
            case damaged
            /// Something happened, or did not, and nobody has said why.
            case unexplained
            /// As ``unexplained``, and a note in the ledger says why.
            case explained
            /// Good to know.
            case note
        }

        package let kind: Kind
        package let words: String
        /// The entry that it is about.
        package let entry: Int64?
    }

    /// True if everything is there, as it was signed, and accounted for.
    package var isGood: Bool { !remarks.contains { $0.kind == .damaged || $0.kind == .unexplained } }
    /// True if a file is not what was signed, or not there.
    package var isDamaged: Bool { remarks.contains { $0.kind == .damaged } }

    /// What no ledger can do by itself.
    package static let whoCanRewrite =
        "Whoever holds the key can rewrite a log whose checkpoints nobody else kept: give copies of the file checkpoint to others."

    // MARK: Remarks

    /// Drops what is about entries of another time, unless something is damaged.
    mutating func keep(only window: Range<Date>) {
        let times = Dictionary(entries.map { ($0.index, $0.entry.time) }, uniquingKeysWith: { $1 })
        remarks.removeAll { remark in
            guard remark.kind != .damaged, let time = remark.entry.flatMap({ times[$0] }) else { return false }
            return !window.contains(time)
        }
    }

    mutating func damaged(_ words: String, entry: Int64? = nil) {
        remarks.append(Remark(kind: .damaged, words: words, entry: entry))
    }

    mutating func note(_ words: String, entry: Int64? = nil) {
        remarks.append(Remark(kind: .note, words: words, entry: entry))
    }

    /// Something that a note in the ledger may explain. All entries must have been read.
    mutating func unexplained(_ words: String, entry: Int64) {
        let notes =
            self.notes
            ?? Dictionary(
                entries.filter { $0.entry.kind == .note }.compactMap { note in note.entry.about.map { ($0, note) } },
                uniquingKeysWith: { $1 })
        self.notes = notes
        guard let note = notes[entry] else {
            return remarks.append(Remark(kind: .unexplained, words: words, entry: entry))
        }
        let why = "\(words); entry \(note.index) says of it: \(note.entry.text ?? "nothing")"
        remarks.append(Remark(kind: .explained, words: why, entry: entry))
    }
}

/// What an audit looks at.
package struct AuditRequest: Sendable {
    /// An operator's key of it must have signed every checkpoint.
    package var ring: KeyRing
    /// Where the ring comes from; nil where somebody named each key.
    package var history: KeyHistory?
    /// Whether it is a copy for others, which has no old partial tiles and no head.
    package var isCopy = false
    /// The time whose reports are there; nil for all times.
    package var window: Range<Date>?
    /// Where the reports are; nil looks at none.
    package var reports: FilePath?
    package var now: Date
    /// Certificates of time stamp authorities that are trusted; nil verifies no time stamps.
    package var authority: FilePath?

    package init(ring: KeyRing, reports: FilePath?, now: Date = Date(), authority: FilePath? = nil) {
        self.ring = ring
        self.reports = reports
        self.now = now
        self.authority = authority
    }

    package init(keys: [PublicKey], reports: FilePath?, now: Date = Date(), authority: FilePath? = nil) {
        self.init(ring: KeyRing(operators: keys), reports: reports, now: now, authority: authority)
    }

    /// Those that sign the ledger.
    var keys: [PublicKey] { ring.operators }
}

extension LogReader {
    /// Reads the whole log, and compares everything with everything.
    /// - Throws: ``LedgerError``: `missing`, `store`. What is wrong with the log is in the audit.
    package func audit(_ request: AuditRequest) async throws -> LogAudit {
        var audit = LogAudit(location: location)
        do {
            let tree = try await auditTree(request, &audit)
            if let tree, let reports = request.reports { try audit.reports(reports, request, tree) }
            audit.keys(request.history)
        } catch let error as LedgerError {
            switch error {
            case .missing, .store: throw error
            default: audit.damaged("\(error)")
            }
        }
        audit.drills(now: request.now)
        if let window = request.window { audit.keep(only: window) }
        return audit
    }
}
