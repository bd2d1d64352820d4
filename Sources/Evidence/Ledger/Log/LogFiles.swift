import Evidence
import Storage

/// The files of a log in a directory or a bucket. Files that never change are written once, and never over others.
struct LogFiles: Sendable {
    let store: any FileStore
    /// For people: where the files are, or come from.
    let location: String

    init(store: any FileStore, location: String? = nil) {
        self.store = store
        self.location = location ?? store.location
    }

    /// The newest checkpoint: what other people's tools read.
    static let checkpoint = "checkpoint"
    /// Where every checkpoint is kept.
    static let checkpoints = "checkpoints"

    static func checkpoint(of size: Int64) -> String { "\(checkpoints)/\(size)" }

    /// True if no file of a log is there. Others may be.
    func isEmpty() async throws(LedgerError) -> Bool {
        try await list().allSatisfy { !Self.isOfLog($0) }
    }

    /// The names of all files, or of those whose names begin so.
    func list(_ prefix: String = "") async throws(LedgerError) -> [String] {
        do {
            return try await store.list(prefix).map(\.name)
        } catch {
            throw .store(error)
        }
    }

    private static func isOfLog(_ name: String) -> Bool {
        [LogHead.name, checkpoint].contains(name)
            || [checkpoints, Tile.folder].contains { StoreName.isBelow(name, $0) }
    }

    /// - Returns: nil if there is no such file.
    func read(_ name: String, limit: Int) async throws(LedgerError) -> [UInt8]? {
        do {
            return try await store.contents(of: name, limit: limit)
        } catch {
            if case .tooLarge = error { throw damaged(name, "is larger than any such file is") }
            throw .store(error)
        }
    }

    /// Writes a file that never changes. If it is there already, as another writer of the same left it, that is good.
    func keep(_ name: String, _ bytes: [UInt8]) async throws(LedgerError) {
        do {
            return try await store.replace(name, with: bytes, over: nil)
        } catch {
            guard error.meansThatSomethingIsThere else { throw .store(error) }
        }
        guard try await read(name, limit: bytes.count) == bytes else {
            throw damaged(name, "is not what follows from the entries")
        }
    }

    /// Replaces a file that must still hold what was read.
    /// - Returns: false if somebody else has replaced it.
    func exchange(_ name: String, _ bytes: [UInt8], over previous: [UInt8]?) async throws(LedgerError) -> Bool {
        do {
            try await store.replace(name, with: bytes, over: previous)
            return true
        } catch {
            if error.meansThatSomethingIsThere { return false }
            throw .store(error)
        }
    }

    func damaged(_ name: String, _ problem: String) -> LedgerError {
        .damaged(file: name, location: location, problem)
    }

    // MARK: What is in them

    /// A note with a checkpoint, of whatever log.
    /// - Returns: nil if there is no such file.
    func readCheckpoint(_ name: String) async throws(LedgerError) -> (signed: SignedCheckpoint, bytes: [UInt8])? {
        guard let bytes = try await read(name, limit: Checkpoint.largest) else { return nil }
        guard let signed = SignedCheckpoint(bytes) else { throw damaged(name, "is not a signed checkpoint") }
        return (signed, bytes)
    }

    /// The head, signed by one of the keys.
    /// - Returns: nil if there is none.
    func readHead(signedBy keys: [PublicKey]) async throws(LedgerError) -> (head: LogHead, bytes: [UInt8])? {
        guard let bytes = try await read(LogHead.name, limit: LogHead.largest) else { return nil }
        guard let note = SignedNote(bytes), let head = LogHead(text: note.text) else {
            throw damaged(LogHead.name, "is not the head of a log")
        }
        try require(note, of: LogHead.name, signedBy: keys, as: head.checkpoint.origin)
        return (head, bytes)
    }

    /// - Throws: `otherKey`; `damaged` if it was changed since it was signed.
    func require(
        _ note: SignedNote, of name: String, signedBy keys: [PublicKey], as origin: String
    ) throws(LedgerError) {
        switch note.trust(in: keys.map { NoteKey(name: origin, $0) }) {
        case .signed: return
        case .changed: throw damaged(name, "was changed after it was signed")
        case .unknown: throw .otherKey(file: name, location: location, given: keys.map(\.keyID))
        }
    }

    /// The hashes of a tile, of a tree that has them. A full tile serves in the place of a partial one, which others may have removed.
    func hashes(of tile: Tile) async throws(LedgerError) -> [TreeHash] {
        let size = tile.width * TreeHash.size
        var bytes = try await read(tile.path, limit: size)
        if bytes == nil, !tile.isFull {
            bytes = try await read(tile.full.path, limit: Tile.fullWidth * TreeHash.size).map { Array($0.prefix(size)) }
        }
        guard let bytes else { throw damaged(tile.path, "is missing") }
        guard bytes.count == size else { throw damaged(tile.path, "is not complete") }
        return stride(from: 0, to: size, by: TreeHash.size).map { TreeHash(bytes[$0..<$0 + TreeHash.size])! }
    }

    /// The entries of a bundle.
    func entries(of tile: Tile) async throws(LedgerError) -> [[UInt8]] {
        var bytes = try await read(tile.path, limit: EntryBundle.largest)
        if bytes == nil, !tile.isFull { bytes = try await read(tile.full.path, limit: EntryBundle.largest) }
        guard let bytes else { throw damaged(tile.path, "is missing") }
        guard let entries = EntryBundle.decode(bytes), entries.count >= tile.width else {
            throw damaged(tile.path, "is not complete")
        }
        return Array(entries.prefix(tile.width))
    }
}

extension StoreError {
    fileprivate var meansThatSomethingIsThere: Bool {
        switch self {
        case .changed, .exists: true
        default: false
        }
    }
}
