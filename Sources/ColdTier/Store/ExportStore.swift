import SystemPackage

/// The place of an export: a directory, or a prefix of a bucket.
///
/// Names are relative, with `/` between their parts. A file that is added is either complete or not there, also after a
/// crash. Nothing is ever overwritten, except by ``replace(_:with:)``.
package protocol ExportStore: Sendable {
    /// The path or the URI, for people.
    var location: String { get }

    /// The directory in which slices must be staged for ``add(slice:from:)``; nil if any directory will do.
    var staging: FilePath? { get }

    /// Files below the store, sorted by the bytes of their names. Files that an export needs only while it runs are
    /// left out. Everything else that is not a directory is listed, even if it cannot be read as a file.
    /// - Parameter prefix: only names that begin with it are listed; empty for all.
    func list(_ prefix: String) async throws(StoreError) -> [StoredFile]

    /// The whole of a small file; nil if there is none.
    /// - Parameter limit: in bytes; a larger file is an error.
    func contents(of name: String, limit: Int) async throws(StoreError) -> [UInt8]?

    /// Streams a file through `body`, piece by piece, from the storage itself and not from a cache.
    /// - Throws: ``StoreError``; what `body` throws.
    func read(_ name: String, _ body: ([UInt8]) async throws -> Void) async throws

    /// Reads a range of a file and nothing else; used for a seek.
    /// - Throws: `refused` if the file ends before the range does.
    func read(_ name: String, range: Range<Int64>) async throws(StoreError) -> [UInt8]

    /// Makes local files of a slice part of the store; they are on stable storage when the function returns. A
    /// directory gets all of them or none. A bucket cannot do that, so its files count only once a manifest names them,
    /// and files of an earlier run that broke off are accepted if they are the same byte for byte.
    /// - Parameters:
    ///   - directory: of the store; it must not exist yet.
    ///   - staged: a local directory with the slice's files; it is gone afterwards.
    func add(slice directory: String, from staged: FilePath) async throws(StoreError)

    /// Removes a slice that no manifest names, with its files. It is no error if the slice does not exist.
    func remove(slice directory: String) async throws(StoreError)

    /// Writes a small file; replaces one of that name.
    func replace(_ name: String, with bytes: [UInt8]) async throws(StoreError)

    /// Writes a small file, if no other export has written it in the meantime.
    /// - Parameter previous: what the file must still hold; nil if it must not exist.
    /// - Throws: `changed` if it holds something else.
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

/// An error of the place where an export is stored.
package enum StoreError: Error, Sendable, Equatable {
    /// There is no such file.
    case missing(name: String, location: String)
    /// The system or the `aws` tool refused: the action, the file, and the reason.
    case refused(action: String, name: String, location: String, reason: String)
    /// The disk or the quota is full.
    case full(location: String)
    /// The file or slice exists already.
    case exists(name: String, location: String)
    /// Another export has written it since this one read it.
    case changed(name: String, location: String)
    /// A file is larger than any valid file of its kind; the limit in bytes.
    case tooLarge(name: String, limit: Int)
    /// The `aws` tool is not installed; the text says what to do.
    case noTool(String)
    /// The text does not name a place where an export can be; the text, and why not.
    case badLocation(String, reason: String)
    /// A name that could lead out of the store; what is wrong with it, as the rest of a sentence.
    case badName(String, flaw: String)
    /// There was no progress for this many seconds, and the action was stopped.
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
