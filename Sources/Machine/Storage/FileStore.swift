/// A place for files: a directory, or a prefix of a bucket.
///
/// Names are relative, with `/` between their parts. What is put is there whole or not at all, also after a crash; nothing
/// is ever overwritten but what ``replace(_:with:)`` names.
package protocol FileStore: Sendable {
    /// For people: the path or the URI.
    var location: String { get }

    /// Files below the store, by name, sorted by bytes. ``DirectoryStore/ownDirectory`` is left out; everything else that is
    /// not a directory is listed, also what cannot be read as a file.
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
