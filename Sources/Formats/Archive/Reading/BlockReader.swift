import Compression
import SystemPackage

/// Reads the data blocks of a custom archive, in the order in which they lie in the file, from the end of the table of
/// contents to the end of the file (`_StartData`, `_StartBlob` and `_skipData` in `pg_backup_custom.c`).
///
///     block: type (1 data, 3 large objects), dump id, then
///       data:          chunks
///       large objects: { OID, chunks } …, 0
///     chunks: { length, bytes } …, 0
///
/// Zeros may follow, up to the end of a block of 512 bytes or more: tapes, block devices and `dd` fill the last block with them, and
/// `pg_restore` never comes there.
///
/// A `pg_dump` of 16 or later whose output was redirected to a file (`pg_dump -Fc > file`) opens it for appending. So the
/// table of contents with the offsets, which should replace the first one, comes to stand behind the last block.
struct BlockReader {
    let dump: Dump
    let contents: TableOfContents
    /// The blocks that are read, by their names in ``PlacedBlocks``; nil reads all.
    let only: Set<String>?

    /// - Throws: ``ArchiveError`` where the file cannot be read, or a decoder gets no memory; what `progress` throws.
    func read(into inventory: SharedInventory, _ progress: (Int64) throws -> Void) throws {
        let file = try dump.archive
        if only != nil || file.isReadAnywhere, let placed = PlacedBlocks(contents, end: file.size) {
            let reader = PlacedBlockReader(file: file, contents: contents, only: only)
            if try reader.read(placed, into: inventory, progress) { return checkOffsets(inventory) }
            // Where blocks are not where they should be, only those before them say where the next one begins.
            inventory.startOver()
        }
        try readInOrder(file, into: inventory, progress)
        checkOffsets(inventory)
    }

    /// Reads one block behind the other, to the end of the file.
    private func readInOrder(
        _ file: InputFile, into inventory: SharedInventory, _ progress: (Int64) throws -> Void
    ) throws {
        var blocks = DataBlocks(file, contents)
        let thread = RowsThread()
        let mayBeAppended = !contents.entries.contains { $0.data.isOffset }
        do {
            while try blocks.goesOn() {
                if mayBeAppended, try blocks.readAppendedContents(contents) { break }
                try blocks.read(into: inventory, beside: thread) { try progress($0) }
            }
        } catch let error as ArchiveError {
            // What comes after it cannot be told apart any more.
            return inventory.add(blocks.subject ?? dump.name, try error.flaw)
        }
        for entry in inventory.with(\.missing) {
            inventory.add(entry.subject, "its data is not in the file")
        }
    }

    private func checkOffsets(_ inventory: SharedInventory) {
        if contents.entries.contains(where: { $0.data == .notSet }),
            let placed = contents.entries.first(where: { $0.data.isOffset })
        {
            inventory.add(
                dump.name,
                "its table of contents says where the data of \(placed.subject) is, and not of every entry")
        }
    }
}

extension DataLocation {
    fileprivate var isOffset: Bool { if case .offset = self { true } else { false } }
}

extension ArchiveError {
    /// A file that ends within its data, or does not keep to its format, has a flaw. A file that cannot be read is an
    /// error, and nothing is known of it.
    var flaw: String {
        get throws(ArchiveError) {
            switch self {
            case .truncated(_, let offset, let reading): "the file ends at byte \(offset), within \(reading)"
            case .malformed(_, let offset, let problem): "\(problem), at byte \(offset)"
            case .undecodable(_, let error) where error != .outOfMemory(error.algorithm): "\(error)"
            default: throw self
            }
        }
    }
}
