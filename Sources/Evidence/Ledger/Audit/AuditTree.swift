import Evidence
import Findings
import FoundationEssentials

/// The tree of a log that was read whole.
struct AuditedTree: Sendable {
    let origin: String
    let leaves: [TreeHash]
    /// The roots of the trees of each size, from that without entries on.
    let roots: [TreeHash]
    /// The hashes on the tiles of each level.
    private let levels: [[TreeHash]]

    var size: Int64 { Int64(leaves.count) }

    init(origin: String, leaves: [TreeHash]) {
        self.origin = origin
        self.leaves = leaves
        var tree = GrowingTree()
        roots =
            [tree.root]
            + leaves.map { leaf in
                tree.append(leaf)
                return tree.root
            }
        var levels = [leaves]
        while levels[levels.count - 1].count >= Tile.fullWidth {
            let below = levels[levels.count - 1]
            levels.append(
                stride(from: 0, through: below.count - Tile.fullWidth, by: Tile.fullWidth).map { first in
                    var subtree = GrowingTree()
                    for hash in below[first..<first + Tile.fullWidth] { subtree.append(hash) }
                    return subtree.root
                })
        }
        self.levels = levels
    }

    /// The hashes that belong on a tile.
    /// - Returns: nil if the tree is too small for it.
    func hashes(of tile: Tile) -> [UInt8]? {
        guard case .hashes(let level) = tile.content, level < levels.count,
            tile.first + Int64(tile.width) <= Int64(levels[level].count)
        else { return nil }
        return levels[level][Int(tile.first)..<Int(tile.first) + tile.width].flatMap(\.bytes)
    }
}

extension LogReader {
    /// Compares the entries, the tiles and every checkpoint with what was signed.
    /// - Returns: nil if there is nothing that could be relied on.
    func auditTree(_ request: AuditRequest, _ audit: inout LogAudit) async throws -> AuditedTree? {
        let keys = request.keys
        let newest = try await checkpoint(signedBy: keys).checkpoint
        audit.checkpoint = newest
        audit.verifierKeys = keys.map { NoteKey(name: newest.origin, $0).verifierKey }
        let head = request.isCopy ? nil : try await auditHead(newest, keys, &audit)
        let read = await readLeaves(newest.size, &audit)
        let names = try await files.list()

        let fromEntries = read.entries.map { bundle in bundle.map { $0.map(TreeHash.leaf) } }
        func tree(_ bundles: [[TreeHash]?]) -> AuditedTree? {
            let known = bundles.compactMap { $0 }
            guard known.count == bundles.count else { return nil }
            let tree = AuditedTree(origin: newest.origin, leaves: known.flatMap { $0 })
            return tree.roots.last == newest.root ? tree : nil
        }
        // If one of the two leads to the root that was signed, the other one is what was changed.
        let tree = tree(fromEntries) ?? tree(read.tiles)
        guard let tree else {
            audit.damaged(
                "neither its entries nor its tiles lead to the root of its checkpoint of \(newest.size) entries")
            return nil
        }
        for (number, bundle) in read.entries.enumerated() {
            for (offset, bytes) in (bundle ?? []).enumerated() {
                let index = number * Tile.fullWidth + offset
                guard index < tree.leaves.count else { continue }
                if TreeHash.leaf(bytes) != tree.leaves[index] {
                    audit.damaged("entry \(index) is not what was signed", entry: Int64(index))
                    continue
                }
                do {
                    audit.entries.append(try NumberedEntry(Int64(index), bytes))
                } catch {
                    audit.note("entry \(index) cannot be read: \(error)", entry: Int64(index))
                }
            }
        }
        try await auditTiles(names, tree, head, isCopy: request.isCopy, &audit)
        try await auditCheckpoints(names, tree, request.ring, head, &audit)
        try await auditAnchors(names, tree, authority: request.authority, &audit)
        return tree
    }

    /// The file on which writers agree is as far as the newest checkpoint, or one entry ahead.
    private func auditHead(
        _ newest: Checkpoint, _ keys: [PublicKey], _ audit: inout LogAudit
    ) async throws(LedgerError) -> LogHead? {
        let found: (head: LogHead, bytes: [UInt8])?
        do {
            found = try await files.readHead(signedBy: keys)
        } catch {
            guard error.file != nil else { throw error }
            audit.damaged("\(error)")
            return nil
        }
        guard let head = found?.head else {
            audit.damaged("its file \(LogHead.name) is missing, so that nothing can be appended")
            return nil
        }
        let own = head.checkpoint
        if own.origin != newest.origin {
            audit.damaged("its file \(LogHead.name) is of another log: \(own.origin)")
        } else if own.size < newest.size {
            audit.damaged(
                "its file \(LogHead.name) was put back: it has \(own.size) entries, and the checkpoint \(newest.size)")
        } else if own.size == newest.size, own.root != newest.root {
            audit.damaged("its file \(LogHead.name) is of another tree than its checkpoint of \(own.size) entries")
        } else if own.size > newest.size {
            audit.note(
                "\(counted(own.size - newest.size, "entry", "entries")) behind the checkpoint: a writer was stopped, or is writing; whoever appends next publishes"
            )
        }
        return head
    }

    /// Entries and hashes of level 0, bundle by bundle; nil for a bundle that is not there or is damaged.
    private func readLeaves(
        _ size: Int64, _ audit: inout LogAudit
    ) async -> (entries: [[[UInt8]]?], tiles: [[TreeHash]?]) {
        var (entries, tiles): ([[[UInt8]]?], [[TreeHash]?]) = ([], [])
        let width = Int64(Tile.fullWidth)
        for number in stride(from: 0, to: (size + width - 1) / width, by: 1) {
            let count = Int(min(width, size - number * width))
            do {
                entries.append(try await files.entries(of: Tile(.entries, number, width: count)))
            } catch {
                audit.damaged("\(error.file ?? "\(error)") \(error.problem ?? "cannot be read")")
                entries.append(nil)
            }
            // What is wrong with a tile is told when all of them are compared.
            tiles.append(try? await files.hashes(of: Tile(.hashes(level: 0), number, width: count)))
        }
        return (entries, tiles)
    }

    /// Every tile that is there is what follows from the entries, and every tile that a signed tree needs is there.
    private func auditTiles(
        _ names: [String], _ tree: AuditedTree, _ head: LogHead?, isCopy: Bool, _ audit: inout LogAudit
    ) async throws(LedgerError) {
        var there: Set<Tile> = []
        for name in names where name.hasPrefix("\(Tile.folder)/") {
            guard let tile = Tile(path: name) else {
                audit.note("\(name) is no file of a log")
                continue
            }
            there.insert(tile)
            switch tile.content {
            case .hashes:
                guard let expected = tree.hashes(of: tile) else {
                    if !isAhead(tile, head) { audit.damaged("\(name) is of a larger tree than the log has signed") }
                    continue
                }
                if try await files.read(name, limit: Tile.fullWidth * TreeHash.size) != expected {
                    audit.damaged("\(name) is not what follows from the entries")
                }
            case .entries:
                guard tile.first + Int64(tile.width) <= tree.size else {
                    if !isAhead(tile, head) { audit.damaged("\(name) has more entries than the log has signed") }
                    continue
                }
                let bytes = try await files.read(name, limit: EntryBundle.largest).flatMap { EntryBundle.decode($0) }
                let leaves = tree.leaves[Int(tile.first)..<Int(tile.first) + tile.width]
                if bytes?.map(TreeHash.leaf) != Array(leaves) { audit.damaged("\(name) is not what was signed") }
            }
        }
        guard tree.size > 0 else { return }
        var missing: Set<Tile> = []
        if isCopy {
            missing = Set(Tile.all(ofTreeOf: tree.size)).subtracting(there)
        }
        for size in isCopy ? tree.size...tree.size : 1...tree.size {
            for tile in Tile.last(ofTreeOf: size) where !there.contains(tile) && !there.contains(tile.full) {
                missing.insert(tile)
            }
        }
        for path in missing.map(\.path).sorted() { audit.damaged("\(path) is missing") }
    }

    /// True for what a writer has written that was stopped before the checkpoint.
    private func isAhead(_ tile: Tile, _ head: LogHead?) -> Bool {
        guard let head else { return false }
        return tile.first + Int64(tile.width) <= Tile.count(at: tile.content.level, inTreeOf: head.checkpoint.size)
    }

    /// Every checkpoint that was ever signed is there, and is of this tree.
    private func auditCheckpoints(
        _ names: [String], _ tree: AuditedTree, _ ring: KeyRing, _ head: LogHead?, _ audit: inout LogAudit
    ) async throws(LedgerError) {
        let keys = ring.operators
        let times = Dictionary(audit.entries.map { ($0.index, $0.entry.time) }, uniquingKeysWith: { $1 })
        var there: Set<Int64> = []
        for name in names where name.hasPrefix("\(LogFiles.checkpoints)/") {
            guard let size = Int64(strict: name.dropFirst(LogFiles.checkpoints.count + 1)), size > 0 else {
                audit.note("\(name) is no file of a log")
                continue
            }
            there.insert(size)
            do throws(LedgerError) {
                guard let (signed, _) = try await files.readCheckpoint(name) else { continue }
                let own = signed.checkpoint
                guard own.origin == tree.origin else { throw files.damaged(name, "is of another log: \(own.origin)") }
                try files.require(signed.note, of: name, signedBy: keys, as: own.origin)
                if own.size != size {
                    audit.damaged("\(name) is a checkpoint of \(own.size) entries")
                } else if size > tree.size {
                    guard size > head?.checkpoint.size ?? tree.size else { continue }
                    audit.damaged(
                        "the log is an older copy, or entries were removed: it has \(tree.size) entries, "
                            + "and \(name) is signed for \(size)")
                } else if own.root != tree.roots[Int(size)] {
                    audit.damaged("\(name) is signed for another tree: history was rewritten")
                } else if let entry = times[size - 1], let key = signed.keyThatEnded(before: entry, ring) {
                    audit.damaged(
                        "\(name) is signed by key \(key.publicKey.keyID), which is valid \(key.period), and its newest entry is later",
                        entry: size - 1)
                }
            } catch {
                if case .store = error { throw error }
                audit.damaged("\(error.file ?? name) \(error.problem ?? "\(error)")")
            }
        }
        let gone = (1...max(1, tree.size)).filter { $0 <= tree.size && !there.contains($0) }
        for size in gone { audit.damaged("\(LogFiles.checkpoint(of: size)) is missing") }
    }
}

extension SignedCheckpoint {
    /// The key that signed it, if that key no longer counted when the newest entry was written. A later key is good: a later
    /// writer may sign the checkpoint that another writer left.
    fileprivate func keyThatEnded(before time: Date, _ ring: KeyRing) -> KeyRing.Key? {
        let keys = ring.keys(for: KeyRing.operatorRole)
        guard keys.contains(where: { $0.until != nil }) else { return nil }
        let signers = keys.filter { trust(in: [$0.publicKey]) == .signed }
        guard !signers.contains(where: { $0.until.map { time < $0 } ?? true }) else { return nil }
        return signers.first
    }
}

extension LedgerError {
    /// The file that is not what was signed; nil where that is not what happened.
    var file: String? {
        switch self {
        case .damaged(let file, _, _), .otherKey(let file, _, _): file
        default: nil
        }
    }

    /// What is wrong with it, as the rest of a sentence.
    var problem: String? {
        switch self {
        case .damaged(_, _, let problem): problem
        case .otherKey: "is signed by none of the keys that you gave"
        default: nil
        }
    }
}
