import Storage
import Synchronization

/// A store whose writer is stopped before, or right behind, one of its writes; every call after that fails too, as for a process that is
/// gone.
final class StoppingStore: FileStore {
    struct Stopped: Error {}

    enum Moment: CaseIterable { case before, behind }

    private let store: DirectoryStore
    private let moment: Moment
    private let state: Mutex<Int>

    /// - Parameter writes: how many are done before.
    init(_ store: DirectoryStore, _ moment: Moment, _ writes: Int) {
        self.store = store
        self.moment = moment
        state = Mutex(writes)
    }

    var isStopped: Bool { state.withLock { $0 < 0 } }
    var location: String { store.location }

    private var gone: StoreError { .refused(action: "reach", name: "", location: location, reason: "stopped") }

    private func live() throws(StoreError) { if isStopped { throw gone } }

    private func write(_ body: () async throws(StoreError) -> Void) async throws(StoreError) {
        try live()
        let isLast = state.withLock { left in
            defer { left -= 1 }
            return left == 0
        }
        if !isLast || moment == .behind { try await body() }
        if isLast { throw gone }
    }

    func list(_ prefix: String) async throws(StoreError) -> [StoredFile] {
        try live()
        return try store.list(prefix)
    }

    func contents(of name: String, limit: Int) async throws(StoreError) -> [UInt8]? {
        try live()
        return try store.contents(of: name, limit: limit)
    }

    func read(_ name: String, _ body: ([UInt8]) async throws -> Void) async throws {
        try live()
        try await store.read(name, body)
    }

    func read(_ name: String, range: Range<Int64>) async throws(StoreError) -> [UInt8] {
        try live()
        return try store.read(name, range: range)
    }

    func replace(_ name: String, with bytes: [UInt8]) async throws(StoreError) {
        try await write { () async throws(StoreError) in try store.replace(name, with: bytes) }
    }

    func replace(_ name: String, with bytes: [UInt8], over previous: [UInt8]?) async throws(StoreError) {
        try await write { () async throws(StoreError) in
            try await store.replace(name, with: bytes, over: previous)
        }
    }
}
