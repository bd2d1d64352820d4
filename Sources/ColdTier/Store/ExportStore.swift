import SystemPackage

/// Where an export lies: a directory, or a prefix of a bucket.
///
/// Names are relative, with `/` between their parts. What is put is there whole or not at all, also after a crash; nothing
/// is ever overwritten but what ``replace(_:with:)`` names.
package protocol ExportStore: Sendable {
    /// For people: the path or the URI.
    var location: String { get }

    /// Where to stage slices so that ``add(slice:from:)`` can take them; nil for anywhere.
    var staging: FilePath? { get }

    /// Files below the store, by name, sorted by bytes. What an export keeps of its own while it runs is left out; whatever
    /// else is not a directory is there, also what cannot be read as a file.
    /// - Parameter prefix: names begin with it; empty for all.
    func list(_ prefix: String) async throws(StoreError) -> [StoredFile]

    /// All of a small file, or nil where there is none.
    /// - Parameter limit: in bytes; a larger file is an error.
    func contents(of name: String, limit: Int) async throws(StoreError) -> [UInt8]?

    /// Streams a file through `body`, piece by piece, as it is stored and not as some cache remembers it.
    /// - Throws: ``StoreError``; what `body` throws.
    func read(_ name: String, _ body: ([UInt8]) async throws -> Void) async throws

    /// Some bytes of a file, and no others: what a seek costs.
    /// - Throws: `refused` where the file ends before they do.
    func read(_ name: String, range: Range<Int64>) async throws(StoreError) -> [UInt8]

    /// Makes local files of a slice part of the store: they are on stable storage when it returns. A directory gets all or
    /// none. A bucket cannot, so what is in it counts only once a manifest names it, and files of an earlier run that broke
    /// off are good where they are the same byte for byte.
    /// - Parameters:
    ///   - directory: of the store; it must not be there yet.
    ///   - staged: a local directory with the slice's files, which is gone afterwards.
    func add(slice directory: String, from staged: FilePath) async throws(StoreError)

    /// Removes a slice that no manifest names, with its files. One that is not there is no error.
    func remove(slice directory: String) async throws(StoreError)

    /// Writes a small file, over another of that name.
    func replace(_ name: String, with bytes: [UInt8]) async throws(StoreError)

    /// Writes a small file where nobody has written it meanwhile.
    /// - Parameter previous: what it must still be; nil where it must not be there.
    /// - Throws: `changed` where it is something else.
    func replace(_ name: String, with bytes: [UInt8], over previous: [UInt8]?) async throws(StoreError)
}

/// A file of a store.
package struct StoredFile: Sendable, Equatable {
    package var name: String
    /// Bytes.
    package var size: Int64

    package init(name: String, size: Int64) {
        self.name = name
        self.size = size
    }
}

/// What went wrong between us and where an export lies.
package enum StoreError: Error, Sendable, Equatable {
    /// There is no such file.
    case missing(name: String, location: String)
    /// The system, or the tool, refused: what was tried, with what, and its reason.
    case refused(action: String, name: String, location: String, reason: String)
    /// The disk or the quota is full.
    case full(location: String)
    /// It is there already.
    case exists(name: String, location: String)
    /// Another export has written it since this one read it.
    case changed(name: String, location: String)
    /// A file is larger than anything of its kind; in bytes.
    case tooLarge(name: String, limit: Int)
    /// The `aws` tool is not installed; what to do about it.
    case noTool(String)
    /// Nothing can lie there: what was named, and why not.
    case badLocation(String, reason: String)
    /// A name that could lead out of the store; what is wrong with it, as the rest of a sentence.
    case badName(String, flaw: String)
    /// It did not get on for so many seconds, and was stopped.
    case stalled(action: String, name: String, location: String, seconds: Double)
    /// The task was cancelled.
    case cancelled
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let name, let location): "\(location) has no file \(name)"
        case .refused(let action, let name, let location, let reason):
            "cannot \(action) \(Self.place(name, location)): \(reason)"
        case .full(let location):
            "there is no room left in \(location): free some and start again, nothing finished is done twice"
        case .exists(let name, let location):
            "\(location) has \(name) already, and no manifest says what it is: move it away, or export somewhere else"
        case .changed(let name, let location):
            "another export has written \(name) in \(location) since this one began: start again, no finished slice is "
                + "done twice"
        case .tooLarge(let name, let limit): "\(name) is larger than \(limit) bytes, so it is not what it should be"
        case .noTool(let words): words
        case .badLocation(let location, let reason): "\(location) is no place for an export: \(reason)"
        case .badName(let name, let flaw): "the name \(name) \(flaw), so it is not used"
        case .stalled(let action, let name, let location, let seconds):
            "could not \(action) \(Self.place(name, location)): nothing happened for "
                + "\(Int(seconds)) s. Look at the network, and start again."
        case .cancelled: "it was stopped"
        }
    }

    private static func place(_ name: String, _ location: String) -> String {
        name.isEmpty ? location : "\(name) in \(location)"
    }
}
