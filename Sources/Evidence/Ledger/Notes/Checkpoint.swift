import Evidence

/// What a log signs: how many entries it has, and the root of their tree (C2SP tlog-checkpoint). Ours have no extension lines.
package struct Checkpoint: Sendable, Equatable {
    /// The name of the log.
    package let origin: String
    package let size: Int64
    package let root: TreeHash

    /// Bytes of the largest checkpoint that is read: with the signatures of many witnesses.
    package static let largest = 1 << 20

    package init(origin: String, size: Int64, root: TreeHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    package var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// - Returns: nil unless the text is a checkpoint. Extension lines of others are read over.
    package init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last == "", lines.dropLast().allSatisfy({ !$0.isEmpty }),
            let size = Int64(strict: lines[1]), let root = TreeHash(base64: lines[2])
        else { return nil }
        self.init(origin: String(lines[0]), size: size, root: root)
    }
}

extension Int64 {
    /// A number in digits alone, without leading zeros.
    init?(strict text: some StringProtocol) {
        guard let number = Int64(text), number >= 0, String(number) == text else { return nil }
        self = number
    }
}

/// A checkpoint with its signatures.
package struct SignedCheckpoint: Sendable, Equatable {
    package let checkpoint: Checkpoint
    package let note: SignedNote

    /// - Returns: nil unless the bytes are the note of a checkpoint.
    package init?(_ bytes: [UInt8]) {
        guard let note = SignedNote(bytes), let checkpoint = Checkpoint(text: note.text) else { return nil }
        self.init(checkpoint: checkpoint, note: note)
    }

    /// What it is worth to whoever trusts these keys.
    package func trust(in keys: [PublicKey]) -> SignedNote.Trust {
        note.trust(in: keys.map { NoteKey(name: checkpoint.origin, $0) })
    }

    init(checkpoint: Checkpoint, note: SignedNote) {
        self.checkpoint = checkpoint
        self.note = note
    }
}
