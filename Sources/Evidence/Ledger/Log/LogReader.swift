import Evidence
import Storage

/// Reads a log as anybody can: from its checkpoint, its tiles and its bundles of entries.
package struct LogReader: Sendable {
    let files: LogFiles

    init(_ files: LogFiles) { self.files = files }

    package init(_ store: any FileStore) { files = LogFiles(store: store) }

    package var location: String { files.location }

    /// The newest checkpoint.
    /// - Parameter keys: one of them must have signed it; nil verifies nothing.
    /// - Throws: ``LedgerError``.
    package func checkpoint(signedBy keys: [PublicKey]?) async throws(LedgerError) -> SignedCheckpoint {
        guard let (signed, _) = try await files.readCheckpoint(LogFiles.checkpoint) else {
            throw try await files.read(LogHead.name, limit: LogHead.largest) == nil
                ? .missing(location: location) : files.damaged(LogFiles.checkpoint, "is missing")
        }
        if let keys {
            try files.require(
                signed.note, of: LogFiles.checkpoint, signedBy: keys, as: signed.checkpoint.origin)
        }
        return signed
    }

    /// Goes through the entries of a tree, a bundle at a time.
    /// - Parameter from: the first bundle.
    /// - Throws: ``LedgerError``; what `body` throws.
    package func entries(
        ofTreeOf size: Int64, _ body: (NumberedEntry) throws -> Void
    ) async throws {
        let width = Int64(Tile.fullWidth)
        for number in stride(from: 0, to: (size + width - 1) / width, by: 1) {
            let tile = Tile(.entries, number, width: Int(min(width, size - number * width)))
            for (offset, bytes) in try await files.entries(of: tile).enumerated() {
                let index = number * width + Int64(offset)
                do {
                    try body(try NumberedEntry(index, bytes))
                } catch let error as FieldError {
                    throw files.damaged(tile.path, "has an entry that cannot be read (\(index)): \(error)")
                }
            }
        }
    }

    /// An entry of the tree of a head.
    func entry(_ index: Int64, of head: LogHead) async throws(LedgerError) -> [UInt8] {
        if index >= head.firstEntry { return head.entries[Int(index - head.firstEntry)] }
        let number = index / Int64(Tile.fullWidth)
        return try await files.entries(of: Tile(.entries, number))[Int(index % Int64(Tile.fullWidth))]
    }

    /// The entries just before one, the newest last: all that its head has, and the bundle before.
    package func entries(before appended: AppendedEntry) async throws -> [NumberedEntry] {
        let head = appended.head
        var (first, all) = (head.firstEntry, head.entries)
        if first > 0 {
            first -= Int64(Tile.fullWidth)
            all = try await files.entries(of: Tile(.entries, first / Int64(Tile.fullWidth))) + all
        }
        // What a newer version wrote, and what is damaged, says nothing here.
        return all.enumerated().compactMap { try? NumberedEntry(first + Int64($0), $1) }
            .filter { $0.index < appended.index }
    }

    /// Proves that an entry is in the tree of a checkpoint.
    /// - Throws: ``LedgerError``: `damaged` if the tiles do not lead to the root that is signed.
    package func proof(of entry: NumberedEntry, in checkpoint: SignedCheckpoint) async throws(LedgerError) -> LogProof {
        let signed = checkpoint.checkpoint
        var hashes = LogHashes(files, size: signed.size)
        let path = ProofPath.inclusion(of: entry.index, inTreeOf: signed.size)
        let proof = LogProof(entry: entry, hashes: try await hashes.hashes(of: path), checkpoint: checkpoint)
        guard
            ProofCheck.inclusion(
                .leaf(entry.bytes), at: entry.index, inTreeOf: signed.size, signed.root, proof: proof.hashes)
        else { throw files.damaged(LogFiles.checkpoint, "does not fit the tiles") }
        return proof
    }

    /// Whether the tree of a checkpoint still begins with that of an older one.
    /// - Returns: the proof; nil if history was rewritten since.
    package func consistency(
        from old: Checkpoint, to new: Checkpoint
    ) async throws(LedgerError) -> [TreeHash]? {
        guard old.origin == new.origin, old.size <= new.size else { return nil }
        if old.size == 0 { return old.root == .empty ? [] : nil }
        var hashes = LogHashes(files, size: new.size)
        let path = ProofPath.consistency(from: old.size, to: new.size)
        let proof = try await hashes.hashes(of: path)
        let isProven = ProofCheck.consistency(from: old.size, old.root, to: new.size, new.root, proof: proof)
        // Tiles that do not fit the new checkpoint would prove nothing of the old one.
        guard try await hashes.root() == new.root else {
            throw files.damaged(LogFiles.checkpoint, "does not fit the tiles")
        }
        return isProven ? proof : nil
    }
}
