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
    func read(into inventory: inout DataInventory, _ progress: (Int64) throws -> Void) throws {
        let file = try dump.archive
        if let only, let blocks = PlacedBlocks(contents, end: file.size) {
            for block in blocks.all where only.contains(block.name) {
                try read(block, of: file, into: &inventory, progress)
            }
            return
        }
        var blocks = DataBlocks(file, contents, BlockDecoder(contents.header.compression))
        let mayBeAppended = !contents.entries.contains { $0.data.isOffset }
        do {
            let mayBePadded = file.size.isMultiple(of: 512)
            while blocks.remaining > 0, try !(mayBePadded && blocks.endInZeros()) {
                if mayBeAppended, try blocks.readAppendedContents(contents) { break }
                try blocks.read(into: &inventory, progress)
            }
        } catch let error as ArchiveError {
            // What comes after it cannot be told apart any more.
            return inventory.flaws.add(blocks.subject ?? inventory.name, try error.flaw)
        }
        for entry in inventory.missing {
            inventory.flaws.add(entry.subject, "its data is not in the file")
        }
        checkOffsets(&inventory)
    }

    /// Reads one block by its place.
    private func read(
        _ block: PlacedBlocks.Block, of file: InputFile, into inventory: inout DataInventory,
        _ progress: (Int64) throws -> Void
    ) throws {
        var blocks = DataBlocks(file, contents, BlockDecoder(contents.header.compression), block.range)
        do {
            try blocks.read(into: &inventory, progress)
            if blocks.subject != block.entry.subject || blocks.remaining > 0 {
                inventory.flaws.add(block.entry.subject, "its data block does not end where the next one begins")
            }
        } catch let error as ArchiveError {
            inventory.flaws.add(block.entry.subject, try error.flaw)
        }
    }

    private func checkOffsets(_ inventory: inout DataInventory) {
        if contents.entries.contains(where: { $0.data == .notSet }),
            let placed = contents.entries.first(where: { $0.data.isOffset })
        {
            inventory.flaws.add(
                inventory.name,
                "its table of contents says where the data of \(placed.subject) is, and not of every entry")
        }
    }
}

/// The blocks that are still to come.
private struct DataBlocks {
    private var cursor: ArchiveCursor
    private let decoder: BlockDecoder
    /// Whose data is being read.
    private(set) var subject: String?
    private var told: Int64 = 0
    /// Where the block of each entry begins, by the entry's id.
    private var starts: [Int32: Int64] = [:]

    /// Progress is told about each so many bytes.
    private static let step: Int64 = 4 << 20

    /// - Parameter range: where they lie; nil from the end of the table of contents to the end of the file.
    init(_ file: InputFile, _ contents: TableOfContents, _ decoder: BlockDecoder, _ range: Range<Int64>? = nil) {
        cursor = ArchiveCursor(FileCursor(file, range ?? contents.end..<max(file.size, contents.end)))
        cursor.intSize = contents.header.intSize
        cursor.offsetSize = contents.header.offsetSize
        self.decoder = decoder
    }

    var remaining: Int64 { cursor.remaining }

    /// The longest block of a tape or a device that is filled with zeros, in bytes.
    private static let longestPadding: Int64 = 16 << 20

    /// Nothing but zeros is left, and not more than one block of them. A block of data begins with a type, which is never 0.
    func endInZeros() throws(ArchiveError) -> Bool {
        guard remaining <= Self.longestPadding else { return false }
        var ahead = cursor
        guard try ahead.byte("the type of a data block") == 0 else { return false }
        while ahead.remaining > 0 {
            let bytes = try ahead.bytes(Int(min(64 << 10, ahead.remaining)), "what follows the data blocks")
            guard bytes.allSatisfy({ $0 == 0 }) else { return false }
        }
        return true
    }

    mutating func read(into inventory: inout DataInventory, _ progress: (Int64) throws -> Void) throws {
        subject = nil
        let start = cursor.offset
        let type = try cursor.byte("the type of a data block")
        guard type == 1 || type == 3 else {
            throw cursor.malformed(at: start, "there is no data block where one should begin, and the file goes on")
        }
        let id = Int32(try cursor.int("the id of a data block", in: 1...Int(Int32.max)))
        guard let entry = inventory.entry(id), entry.hasData else {
            throw cursor.malformed(at: start, "a data block belongs to \(id), and no entry with data has this id")
        }
        subject = entry.subject
        guard (entry.kind == "BLOBS") == (type == 3) else {
            throw cursor.malformed(at: start, "the data block of \(entry.kind) \(entry.subject) is of another type")
        }
        if !inventory.meet(entry) { inventory.flaws.add(entry.subject, "its data is in the file twice") }
        starts[id] = start
        if case .offset(let offset) = entry.data, offset != start {
            inventory.flaws.add(
                entry.subject, "its data is at byte \(start), and should be at byte \(offset)")
        }
        if type == 3 {
            try readObjects(of: entry, into: &inventory, progress)
        } else {
            let sink = inventory.sink(for: entry)
            let problem = try readChunks(into: sink, mayBeEmpty: false, progress)
            inventory.close(sink, of: entry, problem: problem)
        }
    }

    /// Reads a table of contents that stands behind the last block, and compares it with the one at the start, which
    /// names no offsets.
    /// - Returns: false where another block begins.
    mutating func readAppendedContents(_ contents: TableOfContents) throws(ArchiveError) -> Bool {
        let start = cursor.offset
        // Its first byte is the sign of a number; a block begins with a type, which is never 0.
        var ahead = cursor
        guard try ahead.byte("the type of a data block") == 0 else { return false }
        let appended = try TableOfContents(contents.header, from: &cursor, data: .offsets)
        let isSame = appended.entries.elementsEqual(contents.entries) { other, entry in
            other.isSame(as: entry) && other.data == (starts[entry.dumpID].map(DataLocation.offset) ?? .none)
        }
        guard isSame else {
            throw cursor.malformed(at: start, "the table of contents behind the data is not the one at the start")
        }
        guard cursor.remaining == 0 else {
            throw cursor.malformed(at: cursor.offset, "something follows the table of contents behind the data")
        }
        return true
    }

    private mutating func readObjects(
        of entry: ArchiveEntry, into inventory: inout DataInventory, _ progress: (Int64) throws -> Void
    ) throws {
        while true {
            // An OID from 2^31 on is written as the negative number of the same bits.
            let number = try cursor.int("the OID of a large object", in: Int(Int32.min)...Int(Int32.max))
            guard number != 0 else { return }
            let oid = UInt32(bitPattern: Int32(number))
            subject = "large object \(oid)"
            let sink = LargeObjectData()
            let problem = try readChunks(into: sink, mayBeEmpty: true, progress)
            if let problem { inventory.flaws.add("large object \(oid)", problem) }
            inventory.objects.add(oid, in: inventory.name, problem == nil ? sink.digest : nil, &inventory.flaws)
            subject = entry.subject
        }
    }

    /// - Returns: why the stream cannot be decoded; nil if it can.
    private mutating func readChunks(
        into sink: any DataSink, mayBeEmpty: Bool, _ progress: (Int64) throws -> Void
    ) throws -> String? {
        do {
            try decoder.begin(sink)
        } catch {
            throw ArchiveError.undecodable(cursor.path, error)
        }
        while true {
            var rest = try cursor.int("the length of a piece of data", in: 0...Int(Int32.max))
            if rest == 0 { break }
            guard Int64(rest) <= cursor.remaining else {
                throw ArchiveError.truncated(cursor.path, offset: cursor.offset + cursor.remaining, reading: "its data")
            }
            while rest > 0 {
                rest -= try cursor.piece(atMost: rest, "its data") { decoder.take($0) }
                if cursor.offset - told >= Self.step {
                    told = cursor.offset
                    try progress(told)
                }
            }
        }
        guard let problem = decoder.end(mayBeEmpty: mayBeEmpty) else { return nil }
        guard problem != .outOfMemory(problem.algorithm) else { throw ArchiveError.undecodable(cursor.path, problem) }
        return "\(problem)"
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
