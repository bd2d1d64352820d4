import Storage
import Synchronization

/// A store that counts what is asked of it.
final class CountingStore: FileStore {
    struct Counts: Equatable {
        /// Calls that read a file, or look for one.
        var reads = 0
        var writes = 0
        var bytesRead = 0
        var bytesWritten = 0
        /// Calls that list files.
        var lists = 0
    }

    private let store: DirectoryStore
    private let state = Mutex(Counts())

    init(_ store: DirectoryStore) { self.store = store }

    var counts: Counts { state.withLock { $0 } }
    var location: String { store.location }

    func list(_ prefix: String) async throws(StoreError) -> [StoredFile] {
        state.withLock { $0.lists += 1 }
        return try store.list(prefix)
    }

    func contents(of name: String, limit: Int) async throws(StoreError) -> [UInt8]? {
        let bytes = try store.contents(of: name, limit: limit)
        state.withLock { ($0.reads, $0.bytesRead) = ($0.reads + 1, $0.bytesRead + (bytes?.count ?? 0)) }
        return bytes
    }

    func read(_ name: String, _ body: ([UInt8]) async throws -> Void) async throws {
        state.withLock { $0.reads += 1 }
        try await store.read(name, body)
    }

    func read(_ name: String, range: Range<Int64>) async throws(StoreError) -> [UInt8] {
        state.withLock { $0.reads += 1 }
        return try store.read(name, range: range)
    }

    func replace(_ name: String, with bytes: [UInt8]) async throws(StoreError) {
        state.withLock { ($0.writes, $0.bytesWritten) = ($0.writes + 1, $0.bytesWritten + bytes.count) }
        try store.replace(name, with: bytes)
    }

    func replace(_ name: String, with bytes: [UInt8], over previous: [UInt8]?) async throws(StoreError) {
        state.withLock { ($0.writes, $0.bytesWritten) = ($0.writes + 1, $0.bytesWritten + bytes.count) }
        try await store.replace(name, with: bytes, over: previous)
    }
}
