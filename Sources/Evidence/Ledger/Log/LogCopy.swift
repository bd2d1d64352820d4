import Evidence

/// The files of a log that others need to read and verify it: its newest checkpoint, what leads to that, and every checkpoint before. Not
/// in it are old partial tiles, whose hashes are in the full ones, and the file on which writers agree.
package struct LogCopy: Sendable {
    package let checkpoint: SignedCheckpoint
    package internal(set) var files: [String: [UInt8]] = [:]
    package internal(set) var entries: [NumberedEntry] = []

    init(_ checkpoint: SignedCheckpoint) { self.checkpoint = checkpoint }
}

extension LogReader {
    /// - Parameter keys: one of them must have signed the newest checkpoint.
    /// - Throws: ``LedgerError``.
    package func copy(signedBy keys: [PublicKey]) async throws -> LogCopy {
        guard let (newest, bytes) = try await files.readCheckpoint(LogFiles.checkpoint) else {
            throw LedgerError.missing(location: location)
        }
        try files.require(newest.note, of: LogFiles.checkpoint, signedBy: keys, as: newest.checkpoint.origin)
        var copy = LogCopy(newest)
        let size = newest.checkpoint.size
        copy.files[LogFiles.checkpoint] = bytes
        for tile in Tile.all(ofTreeOf: size) {
            let limit = tile.content == .entries ? EntryBundle.largest : Tile.fullWidth * TreeHash.size
            guard let bytes = try await files.read(tile.path, limit: limit) else {
                throw files.damaged(tile.path, "is missing")
            }
            copy.files[tile.path] = bytes
        }
        for name in try await files.list() {
            let parts = name.split(separator: "/")
            guard parts.count >= 2, let number = Int64(strict: parts[1]), 1...size ~= number else { continue }
            let isWanted = parts[0] == LogFiles.checkpoints && parts.count == 2 || parts[0] == Anchor.folder
            guard isWanted, let bytes = try await files.read(name, limit: Checkpoint.largest) else { continue }
            copy.files[name] = bytes
        }
        try await entries(ofTreeOf: size) { copy.entries.append($0) }
        return copy
    }
}

extension Tile {
    /// All tiles of a tree: full ones, and the last one of each level.
    static func all(ofTreeOf size: Int64) -> [Tile] {
        last(ofTreeOf: size).flatMap { last in
            (0..<last.number).map { Tile(last.content, $0) } + [last]
        }
    }
}
