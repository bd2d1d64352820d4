import Compression

/// The blocks that are still to come.
struct DataBlocks {
    private var cursor: ArchiveCursor
    private let decoder: BlockDecoder
    /// Tapes, devices and `dd` fill the last block of a file.
    private let mayBePadded: Bool
    /// The entry whose data is being read, or was read last.
    private(set) var entry: ArchiveEntry?
    /// The subject of flaws in the data that is being read: the entry, or a large object.
    private(set) var subject: String?
    private var told: Int64 = 0
    /// Where the block of each entry begins, by the entry's id.
    private var starts: [Int32: Int64] = [:]

    /// Progress is told about each so many bytes.
    private static let step: Int64 = 4 << 20

    /// From the end of the table of contents to the end of the file.
    init(_ file: InputFile, _ contents: TableOfContents) {
        cursor = ArchiveCursor(FileCursor(file, contents.end..<max(file.size, contents.end)))
        cursor.intSize = contents.header.intSize
        cursor.offsetSize = contents.header.offsetSize
        decoder = BlockDecoder(contents.header.compression)
        mayBePadded = file.size.isMultiple(of: 512)
    }

    /// Moves to a range of the file, and goes on with the blocks in it.
    mutating func move(to range: Range<Int64>) {
        cursor.move(to: range)
        told = range.lowerBound
    }

    /// Whether there is another block.
    func goesOn() throws(ArchiveError) -> Bool {
        guard cursor.remaining > 0 else { return false }
        return mayBePadded ? try !endInZeros() : true
    }

    /// The longest block of a tape or a device that is filled with zeros, in bytes.
    private static let longestPadding: Int64 = 16 << 20

    /// Nothing but zeros is left, and not more than one block of them. A block of data begins with a type, which is never 0.
    private func endInZeros() throws(ArchiveError) -> Bool {
        guard cursor.remaining <= Self.longestPadding else { return false }
        var ahead = cursor
        guard try ahead.byte("the type of a data block") == 0 else { return false }
        while ahead.remaining > 0 {
            let bytes = try ahead.bytes(Int(min(64 << 10, ahead.remaining)), "what follows the data blocks")
            guard bytes.allSatisfy({ $0 == 0 }) else { return false }
        }
        return true
    }

    /// Reads a block.
    /// - Parameter progress: called with how far it was read, in bytes from the start of the file.
    mutating func read(
        into inventory: SharedInventory, at place: Int = .max, beside thread: RowsThread?,
        _ progress: (Int64) throws -> Void
    ) throws {
        (entry, subject) = (nil, nil)
        let start = cursor.offset
        let type = try cursor.byte("the type of a data block")
        guard type == 1 || type == 3 else {
            throw cursor.malformed(at: start, "there is no data block where one should begin, and the file goes on")
        }
        let id = Int32(try cursor.int("the id of a data block", in: 1...Int(Int32.max)))
        guard let entry = inventory.with({ $0.entry(id) }), entry.hasData else {
            throw cursor.malformed(at: start, "a data block belongs to \(id), and no entry with data has this id")
        }
        (self.entry, subject) = (entry, entry.subject)
        guard (entry.kind == "BLOBS") == (type == 3) else {
            throw cursor.malformed(at: start, "the data block of \(entry.kind) \(entry.subject) is of another type")
        }
        if !inventory.with({ $0.meet(entry) }) { inventory.add(entry.subject, "its data is in the file twice") }
        starts[id] = start
        if case .offset(let offset) = entry.data, offset != start {
            inventory.add(
                entry.subject, "its data is at byte \(start), and should be at byte \(offset)")
        }
        if type == 3 {
            try readObjects(of: entry, into: inventory, at: place, progress)
        } else {
            try inventory.read(entry, at: place, beside: thread) { sink in
                try readChunks(into: sink, mayBeEmpty: false, progress)
            }
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
        of entry: ArchiveEntry, into inventory: SharedInventory, at place: Int, _ progress: (Int64) throws -> Void
    ) throws {
        while true {
            // An OID from 2^31 on is written as the negative number of the same bits.
            let number = try cursor.int("the OID of a large object", in: Int(Int32.min)...Int(Int32.max))
            guard number != 0 else { return }
            let oid = UInt32(bitPattern: Int32(number))
            subject = "large object \(oid)"
            let sink = LargeObjectData()
            let problem = try readChunks(into: sink, mayBeEmpty: true, progress)
            inventory.with(at: place) { inventory in
                if let problem { inventory.flaws.add("large object \(oid)", problem) }
                inventory.objects.add(oid, in: inventory.name, problem == nil ? sink.digest : nil, &inventory.flaws)
            }
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
