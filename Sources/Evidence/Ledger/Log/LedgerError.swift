import Storage

/// Why the ledger cannot be written, or not be read, and what to do.
package enum LedgerError: Error, Sendable, Equatable {
    /// The directory or the bucket refused.
    case store(StoreError)
    /// There is none.
    case missing(location: String)
    /// A file of it is not what the others say it is; the file, and what is wrong, as the rest of a sentence.
    case damaged(file: String, location: String, String)
    /// The files of a log are there, and the one on which writers agree is not.
    case headless(location: String)
    /// It is smaller than it was: how many entries it has, and how many a checkpoint says that it had.
    case rolledBack(location: String, size: Int64, seen: Int64, by: String)
    /// A file of it is signed by another key; the file, and the ids of the keys that are known here.
    case otherKey(file: String, location: String, given: [String])
    /// Reports have proofs of a log that is not there.
    case gone(location: String, proof: String)
    /// Reports have proofs of another log than the one that is there.
    case otherLog(location: String, origin: String, proof: String)
    /// An entry has more bytes than any may have.
    case entryTooLarge(Int)
    /// Other writers came first, again and again.
    case busy(location: String, seconds: Double)
    /// The entry is in the ledger, and not all files that follow from it are.
    case unfinished(index: Int64, location: String, reason: String)
    /// The signer did not sign; why.
    case notSigned(String)
    /// It was not done in this many seconds.
    case tooSlow(location: String, seconds: Double)
    /// A new log is to be made where there is something already.
    case occupied(location: String)
    /// No entry of the ledger is about this file.
    case notInLedger(file: String, location: String)
}

extension LedgerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .store(let error): Self.words(of: error)
        case .missing(let location):
            "there is no ledger at \(location). The first signed drill makes one; name the place of another with --ledger."
        case .damaged(let file, let location, let problem):
            "\(file) of the ledger at \(location) \(problem). Nothing is appended to it: run pgassay ledger verify, and "
                + "get the file back from a copy of the ledger; or start a new log with pgassay ledger new."
        case .headless(let location):
            "the ledger at \(location) has lost its file \(LogHead.name). Nothing is appended to it: get the file back "
                + "from a copy of the ledger; or start a new log with pgassay ledger new."
        case .rolledBack(let location, let size, let seen, let witness):
            "the ledger at \(location) is an older copy, or entries were removed: it has \(size) entries, "
                + "and \(witness) says that it had \(seen). Nothing is appended to it: "
                + "get the newest copy back, or start a new log with pgassay ledger new."
        case .otherKey(let file, let location, let given):
            "\(file) of the ledger at \(location) is signed by another key than \(given.joined(separator: ", ")). Give the "
                + "key that signs it, or the history of the keys if one took over; to go on with a new key, start a new log "
                + "that names this one: pgassay ledger new."
        case .gone(let location, let proof):
            "there is no ledger at \(location) any more, and \(proof) proves that there was one. Get it back from a copy; "
                + "or start a new log with pgassay ledger new, which says so."
        case .otherLog(let location, let origin, let proof):
            "the ledger at \(location) is another one than that of \(proof), which is \(origin), and does not go on from "
                + "it. Get that one back from a copy; or start a new log that names it with pgassay ledger new."
        case .entryTooLarge(let count):
            "an entry of \(count) bytes is too large: the ledger takes \(EntryBundle.largestEntry)."
        case .busy(let location, let seconds):
            "other programs were writing to the ledger at \(location) for \(Int(seconds)) s, and this one never came first."
        case .unfinished(let index, let location, let reason):
            "entry \(index) is in the ledger at \(location), and its checkpoint is not published yet: \(reason). Whoever "
                + "appends next does that."
        case .notSigned(let reason): "the checkpoint of the ledger could not be signed: \(reason)."
        case .tooSlow(let location, let seconds):
            "the ledger at \(location) did not answer in \(Int(seconds)) s."
        case .occupied(let location):
            "there is something at \(location) already. Name a place for the new log where nothing is."
        case .notInLedger(let file, let location):
            "no entry of the ledger at \(location) is about \(file) as it is: it was never entered, or was changed since."
        }
    }

    /// The words of a store are those of an export.
    private static func words(of error: StoreError) -> String {
        switch error {
        case .full(let location): "there is no room left in \(location) for the ledger: make room there."
        case .exists(let name, let location), .changed(let name, let location):
            "\(name) in \(location) was written by somebody else meanwhile."
        case .badLocation(let location, let reason): "\(location) is no place for a ledger: \(reason)."
        case .missing, .refused, .tooLarge, .noTool, .badName, .stalled, .cancelled: "the ledger: \(error)"
        }
    }
}
