import Files

/// A part of a dump that can be read apart from the others: the data of an entry, or a large object.
package struct DumpPart: Sendable, Equatable {
    /// Different for each part.
    package let name: String
    /// What a flaw of it names.
    package let subject: String
    package let bytes: Int64
    /// Of the file that it lies in.
    package let state: FileState
}

extension Dump {
    /// What can be read apart; nil where data can be found only by reading what lies before it.
    package var parts: [DumpPart]? {
        guard let contents else { return nil }
        switch format {
        case .directory: return DirectoryReader(dump: self, contents: contents, only: nil).parts
        case .custom:
            guard let file = tree.file(), let blocks = PlacedBlocks(contents, end: file.state.size) else { return nil }
            return blocks.all.map { block in
                DumpPart(
                    name: block.name, subject: block.entry.subject,
                    bytes: block.range.upperBound - block.range.lowerBound,
                    state: file.state)
            }
        case .tar, .plain: return nil
        }
    }
}

/// The data blocks of a custom archive whose table of contents says where each begins. Each ends where the next begins.
struct PlacedBlocks {
    struct Block {
        let entry: ArchiveEntry
        let range: Range<Int64>

        var name: String { "\(entry.subject) at \(range.lowerBound)" }
    }

    /// In the order of the file.
    let all: [Block]

    /// - Returns: nil where a block's place is not known, or cannot be right.
    init?(_ contents: TableOfContents, end: Int64) {
        var starts: [(entry: ArchiveEntry, start: Int64)] = []
        for entry in contents.entries where entry.hasData {
            guard case .offset(let start) = entry.data, start >= contents.end, start < end else { return nil }
            starts.append((entry, start))
        }
        starts.sort { $0.start < $1.start }
        guard !starts.isEmpty, zip(starts, starts.dropFirst()).allSatisfy({ $0.start < $1.start }) else { return nil }
        let ends = starts.dropFirst().map(\.start) + [end]
        all = zip(starts, ends).map { Block(entry: $0.entry, range: $0.start..<$1) }
    }
}
