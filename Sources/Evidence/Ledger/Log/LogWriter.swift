import Evidence
import Foundation
import Storage

/// Appends entries to a log in a directory or a bucket, whoever else does so at the same time.
///
///     read the head ─▶ finish what its writer left ─▶ replace the head ─▶ entries, tiles ─▶ checkpoints/N ─▶ checkpoint
///
/// Replacing the head, which only succeeds over what was read, appends the entry. All that is written behind it follows from the
/// head, and is the same whoever writes it; so a writer may stop anywhere (docs/decisions/42-ledger.md).
package struct LogWriter: Sendable {
    let files: LogFiles
    let signer: any Signer
    /// Keys that may have signed what is there.
    let keys: [PublicKey]
    /// How long others may come first.
    private let patience: Duration

    /// - Parameter others: keys besides the signer's that may have signed the log.
    package init(
        _ store: any FileStore, signer: any Signer, others: [PublicKey] = [], patience: Duration = .seconds(300)
    ) {
        files = LogFiles(store: store)
        self.signer = signer
        keys = [signer.publicKey] + others
        self.patience = patience
    }

    package var location: String { files.location }

    /// - Parameters:
    ///   - known: what reports prove; a log that has less is not appended to, and none is made in the place of one that is gone.
    /// - Throws: ``LedgerError``; after `unfinished` the entry is in the log.
    @discardableResult
    package func append(
        _ entry: LedgerEntry, known: KnownProofs = KnownProofs()
    ) async throws -> AppendedEntry {
        let bytes = try entry.encoded()
        let limit = ContinuousClock.now + patience
        var firstTry: Int64?
        while true {
            let found = try await files.readHead(signedBy: keys)
            if let found, let firstTry, let index = try await find(bytes, since: firstTry, in: found.head) {
                // An attempt whose answer was lost.
                return try await finished(found.head, index, bytes)
            }
            let next: LogHead
            if let found {
                guard try await isNewest(found.head, known) else { continue }
                next = try await successor(of: found.head, with: bytes)
            } else {
                guard let first = try await first(bytes, known) else { continue }
                next = first
            }
            firstTry = firstTry ?? next.checkpoint.size - 1
            let isAppended: Bool
            do {
                isAppended = try await files.exchange(LogHead.name, sealed(next), over: found?.bytes)
            } catch {
                // What became of it is not known before it is looked for.
                guard let now = try? await files.readHead(signedBy: keys)?.head,
                    let index = try? await find(bytes, since: next.checkpoint.size - 1, in: now)
                else { throw error }
                return try await finished(now, index, bytes)
            }
            if isAppended { return try await finished(next, next.checkpoint.size - 1, bytes) }
            guard .now < limit else { throw LedgerError.busy(location: location, seconds: patience / .seconds(1)) }
            try await Task.sleep(for: .milliseconds(.random(in: 5...100)))
        }
    }

    // MARK: The head

    /// The head of a log with one entry.
    /// - Returns: nil if another writer has made one meanwhile.
    private func first(_ entry: [UInt8], _ known: KnownProofs) async throws(LedgerError) -> LogHead? {
        let isEmpty = try await files.isEmpty()
        guard try await files.read(LogHead.name, limit: LogHead.largest) == nil else { return nil }
        guard isEmpty else { throw .headless(location: location) }
        if let proof = known.proofs.first { throw .gone(location: location, proof: proof.name) }
        let name = (0..<16).map { _ in UInt8.random(in: 0...255) }
        let origin = "pgassay-ledger/" + name.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return LogHead(checkpoint: Checkpoint(origin: origin, size: 1, root: .leaf(entry)), entries: [entry])
    }

    /// The head with one entry more. What the writer of the old one left is finished before.
    private func successor(of head: LogHead, with entry: [UInt8]) async throws(LedgerError) -> LogHead {
        _ = try await publish(head)
        let (size, hashes) = (head.checkpoint.size, LogHashes(files, head))
        var before = hashes
        // What a tile says counts only if it leads to the root that is signed.
        guard try await before.root() == head.checkpoint.root else {
            throw files.damaged(LogHead.name, "does not fit the tiles")
        }
        var after = before.adding(.leaf(entry))
        let isNewBundle = head.entries.count == Tile.fullWidth
        return LogHead(
            checkpoint: Checkpoint(origin: head.checkpoint.origin, size: size + 1, root: try await after.root()),
            entries: isNewBundle ? [entry] : head.entries + [entry])
    }

    /// False if another writer has replaced the head since.
    /// - Throws: `rolledBack` if what is there is older than what was seen; `otherLog`.
    private func isNewest(_ head: LogHead, _ known: KnownProofs) async throws(LedgerError) -> Bool {
        let (origin, size) = (head.checkpoint.origin, head.checkpoint.size)
        var seen: (size: Int64, by: String)?
        // Checkpoints that are newer than the head, or differ from it, show that the head was replaced by an older copy.
        for name in [LogFiles.checkpoint, LogFiles.checkpoint(of: size + 1)] {
            guard let (signed, _) = try await files.readCheckpoint(name) else { continue }
            guard signed.checkpoint.origin == origin else { throw files.damaged(name, "is of another log") }
            try files.require(signed.note, of: name, signedBy: keys, as: origin)
            if signed.checkpoint.size > size { seen = (signed.checkpoint.size, "its file \(name)") }
            if signed.checkpoint.size == size, signed.checkpoint != head.checkpoint {
                throw files.damaged(name, "is of another tree than the file \(LogHead.name)")
            }
        }
        if seen != nil, let now = try await files.readHead(signedBy: keys)?.head, now != head { return false }
        if let proof = known.largest(of: origin), proof.proof.checkpoint.checkpoint.size > size {
            seen = (proof.proof.checkpoint.checkpoint.size, proof.name)
        }
        if let seen { throw .rolledBack(location: location, size: size, seen: seen.size, by: seen.by) }
        if known.largest(of: origin) == nil, let other = known.proofs.first {
            let start = try await LogReader(files).entry(0, of: head)
            guard (try? LedgerEntry(start))?.previous != nil else {
                throw .otherLog(
                    location: location, origin: other.proof.checkpoint.checkpoint.origin, proof: other.name)
            }
        }
        return true
    }

    private func sealed(_ head: LogHead) async throws(LedgerError) -> [UInt8] {
        try await sign(head.text, as: head.checkpoint.origin).encoded
    }

    private func sign(_ text: String, as origin: String) async throws(LedgerError) -> SignedNote {
        do {
            return try await signer.note(text, name: origin)
        } catch {
            throw .notSigned("\(error)")
        }
    }

    /// Where these bytes were appended, from an entry on.
    private func find(_ bytes: [UInt8], since first: Int64, in head: LogHead) async throws(LedgerError) -> Int64? {
        if let place = head.entries.lastIndex(of: bytes), head.firstEntry + Int64(place) >= first {
            return head.firstEntry + Int64(place)
        }
        guard first < head.firstEntry else { return nil }
        let number = head.firstEntry / Int64(Tile.fullWidth) - 1
        let before = try await files.entries(of: Tile(.entries, number))
        guard let place = before.lastIndex(of: bytes), number * Int64(Tile.fullWidth) + Int64(place) >= first else {
            return nil
        }
        return number * Int64(Tile.fullWidth) + Int64(place)
    }

    // MARK: What follows from the head

    private func finished(_ head: LogHead, _ index: Int64, _ bytes: [UInt8]) async throws -> AppendedEntry {
        let checkpoint: SignedCheckpoint
        do {
            checkpoint = try await publish(head)
            var hashes = LogHashes(files, head)
            let path = ProofPath.inclusion(of: index, inTreeOf: head.checkpoint.size)
            return AppendedEntry(
                proof: LogProof(
                    entry: try NumberedEntry(index, bytes), hashes: try await hashes.hashes(of: path),
                    checkpoint: checkpoint), head: head)
        } catch {
            throw LedgerError.unfinished(index: index, location: location, reason: "\(error)")
        }
    }

    /// Writes what follows from a head, unless it is there: its last entries and tiles, its checkpoint, and that it is the newest.
    private func publish(_ head: LogHead) async throws(LedgerError) -> SignedCheckpoint {
        let (origin, size) = (head.checkpoint.origin, head.checkpoint.size)
        if let (signed, _) = try await files.readCheckpoint(LogFiles.checkpoint), signed.checkpoint == head.checkpoint {
            try files.require(signed.note, of: LogFiles.checkpoint, signedBy: keys, as: origin)
            return signed
        }
        var hashes = LogHashes(files, head)
        guard try await hashes.root() == head.checkpoint.root else {
            throw files.damaged(LogHead.name, "does not fit the tiles")
        }
        for tile in Tile.grown(inTreeOf: size) {
            switch tile.content {
            case .entries: try await files.keep(tile.path, EntryBundle.encode(head.entries))
            case .hashes: try await files.keep(tile.path, try await hashes.contents(of: tile))
            }
        }
        let checkpoint = try await keepCheckpoint(head.checkpoint)
        while true {
            let there = try await files.readCheckpoint(LogFiles.checkpoint)
            // Another writer may have come further meanwhile.
            if let there, there.signed.checkpoint.origin == origin, there.signed.checkpoint.size >= size {
                return checkpoint
            }
            if try await files.exchange(LogFiles.checkpoint, checkpoint.note.encoded, over: there?.bytes) {
                return checkpoint
            }
        }
    }

    /// Every checkpoint is kept, as it was signed first, with what witnesses added.
    private func keepCheckpoint(_ checkpoint: Checkpoint) async throws(LedgerError) -> SignedCheckpoint {
        let name = LogFiles.checkpoint(of: checkpoint.size)
        if let (signed, _) = try await files.readCheckpoint(name) {
            guard signed.checkpoint == checkpoint else {
                throw files.damaged(name, "is of another tree than the file \(LogHead.name)")
            }
            try files.require(signed.note, of: name, signedBy: keys, as: checkpoint.origin)
            return signed
        }
        let note = try await sign(checkpoint.text, as: checkpoint.origin)
        try await files.keep(name, note.encoded)
        return SignedCheckpoint(checkpoint: checkpoint, note: note)
    }
}

/// An entry that is in the log.
package struct AppendedEntry: Sendable {
    /// That it is.
    package let proof: LogProof
    let head: LogHead

    package var index: Int64 { proof.entry.index }
    package var origin: String { head.checkpoint.origin }
}
