import Foundation

/// The file on which writers agree: the tree as it is, and the entries that the last bundle has. Whoever replaces it has appended an
/// entry; all other files of the log follow from it.
///
/// It is a signed note and no checkpoint: the key signs a checkpoint only once its tree is the log's, so that of two writers at once
/// none signs a tree that never was.
struct LogHead: Sendable, Equatable {
    let checkpoint: Checkpoint
    /// Those of the bundle with the last entry: 1 to 256.
    let entries: [[UInt8]]

    static let name = "head"
    /// Bytes of the largest one: entries take four thirds of their size.
    static let largest = EntryBundle.largest / 3 * 4 + (64 << 10)

    /// The first line, which no checkpoint has.
    private static let kind = "pgassay ledger head v1"

    init(checkpoint: Checkpoint, entries: [[UInt8]]) {
        self.checkpoint = checkpoint
        self.entries = entries
    }

    /// The number of the first of its entries.
    var firstEntry: Int64 { checkpoint.size - Int64(entries.count) }

    var text: String {
        Self.kind + "\n" + checkpoint.text + entries.map { Data($0).base64EncodedString() + "\n" }.joined()
    }

    /// - Returns: nil unless the text is what ``text`` gives.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 6, lines[0] == Self.kind, lines.last == "",
            let checkpoint = Checkpoint(text: lines[1...3].joined(separator: "\n") + "\n"), checkpoint.size > 0
        else { return nil }
        var entries: [[UInt8]] = []
        for line in lines[4...].dropLast() {
            guard let entry = strictBase64(line), entry.count <= EntryBundle.largestEntry else { return nil }
            entries.append(entry)
        }
        guard Int64(entries.count) == (checkpoint.size - 1) % Int64(Tile.fullWidth) + 1 else { return nil }
        self.init(checkpoint: checkpoint, entries: entries)
    }
}
