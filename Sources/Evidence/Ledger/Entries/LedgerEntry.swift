import Evidence
import Findings
import FoundationEssentials

/// What the ledger says of one event: never the report, never a row value. Its canonical JSON is what the tree hashes.
///
/// A field that an event does not have is absent. `docs/ledger.md` explains every field.
package struct LedgerEntry: Codable, Sendable, Equatable {
    package var kind: Kind
    /// When it was written, by the clock of the machine that wrote it.
    package var time: Date
    /// The name of the plan.
    package var plan: String?
    /// What ties the entries of one drill together: the id of its report.
    package var run: String?
    package var verdict: Verdict?
    /// Of the backup, as a report has it.
    package var backup: [String: String]?
    /// The SHA-256 of the signed document as it is stored, in lowercase hex.
    package var envelope: String?
    /// The name of that document's file, without a path.
    package var file: String?
    /// The SHA-256 of the report that an approval or an annotation is about, in lowercase hex.
    package var report: String?
    /// In which a person approves.
    package var role: String?
    /// The id of the key that signed the document, where it is another one than the ledger's.
    package var signer: String?
    /// The roles in which the plan wants the report approved.
    package var approval: [String]?
    /// Why a drill has no report; nil if it has one.
    package var ending: Ending?
    /// Within how many seconds the plan wants the next drill to start.
    package var nextWithin: Int64?
    /// A key that signs from now on, as a verifier key of C2SP.
    package var key: String?
    /// Of the first entry of a log that goes on where another one ended.
    package var previous: PreviousLog?
    /// The number of the entry that a note is about.
    package var about: Int64?
    /// The name of whom a drill could not tell what came of it.
    package var notifier: String?
    /// What a person says, or why.
    package var text: String?

    package init(_ kind: Kind, time: Date) {
        self.kind = kind
        self.time = time
    }

    /// A kind of event. Those of newer versions stay readable.
    package struct Kind: RawRepresentable, Codable, Hashable, Sendable, CustomStringConvertible {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }
        private init(_ name: String) { rawValue = name }

        package var description: String { rawValue }

        /// A drill begins, and has not looked for its backup yet.
        package static let started = Kind("started")
        /// A drill has ended.
        package static let finished = Kind("finished")
        /// A backup was read without a server.
        package static let inspected = Kind("inspected")
        /// A dump was made, with its manifest.
        package static let captured = Kind("captured")
        /// Rows went to cold storage.
        package static let exported = Kind("exported")
        /// An export was written anew, such as to erase rows.
        package static let rewritten = Kind("rewritten")
        /// A person wrote something about a report.
        package static let annotated = Kind("annotated")
        /// A second person signed a report.
        package static let countersigned = Kind("countersigned")
        /// Another key signs from now on.
        package static let key = Kind("key")
        /// A person wrote something into the ledger.
        package static let note = Kind("note")
    }

    /// Why a drill ended without a report.
    package enum Ending: String, Codable, Sendable {
        /// The command or the plan was wrong, or no backup was there: nothing was asked of one.
        case mistake
        /// It ended, and its report could not be written.
        case notStored
    }

    /// The log before this one, as its last checkpoint has it.
    package struct PreviousLog: Codable, Sendable, Equatable {
        package var origin: String
        package var size: Int64
        /// In base64.
        package var root: String
    }

    /// Canonical JSON: the same entry always gives the same bytes.
    /// - Throws: ``LedgerError/entryTooLarge(_:)``.
    package func encoded() throws -> [UInt8] {
        let bytes = try StatementJSON.encode(self)
        guard bytes.count <= EntryBundle.largestEntry else { throw LedgerError.entryTooLarge(bytes.count) }
        return bytes
    }

    /// Reads an entry. Fields of newer versions are read over.
    /// - Throws: ``Evidence/FieldError``.
    package init(_ bytes: [UInt8]) throws(FieldError) {
        self = try StatementJSON.decode(LedgerEntry.self, from: bytes)
    }
}

/// An entry with its number.
package struct NumberedEntry: Sendable, Equatable {
    /// From 0.
    package let index: Int64
    package let entry: LedgerEntry
    /// As they are in the tree.
    package let bytes: [UInt8]

    package init(_ index: Int64, _ bytes: [UInt8]) throws(FieldError) {
        self.index = index
        self.bytes = bytes
        entry = try LedgerEntry(bytes)
    }
}
