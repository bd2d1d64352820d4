/// A place for files: a directory, or a prefix of a bucket.
///
/// Names are relative, with `/` between their parts. A file that is added is either complete or not there, also after a
/// crash. Only ``replace(_:with:)`` and ``replace(_:with:over:)`` overwrite a file.
package protocol FileStore: Sendable {
    /// For people: the path or the URI.
    var location: String { get }

    /// Files below the store, by name, sorted by bytes. ``DirectoryStore/ownDirectory`` is left out; everything else that is
    /// not a directory is listed, also what cannot be read as a file.
    /// - Parameter prefix: names begin with it; empty for all.
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
