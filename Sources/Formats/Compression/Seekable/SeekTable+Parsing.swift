extension SeekTable {
    /// Reads the table of a file: its footer first, which says how long the table is, and then the table. Nothing else
    /// of the file is read.
    ///
    /// - Parameters:
    ///   - fileSize: in bytes; the table must account for all of them.
    ///   - read: returns the given bytes of the file; called twice.
    /// - Throws: a ``SeekTableError``; what `read` throws.
    package nonisolated(nonsending) init(
        fileSize: Int64, reading read: (Range<Int64>) async throws -> [UInt8]
    ) async throws {
        let footer = max(0, fileSize - Int64(Self.footerSize))..<fileSize
        let range = try Self.range(footer: await read(footer), fileSize: fileSize)
        try self.init(await read(range), at: range.lowerBound)
    }

    /// Where the table of a file is.
    ///
    /// - Parameters:
    ///   - footer: the last ``footerSize`` bytes of the file.
    ///   - fileSize: in bytes.
    /// - Throws: ``SeekTableError`` when these bytes are not a footer, or the footer claims a table that is larger than
    ///   the file or than ``maximumFrames`` allow.
    package static func range(footer: [UInt8], fileSize: Int64) throws(SeekTableError) -> Range<Int64> {
        let frames = try frameCount(footer: footer)
        let size = Int64(size(frames: frames))
        guard size <= fileSize else { throw .largerThanFile(frames: frames, fileSize: fileSize) }
        return (fileSize - size)..<fileSize
    }

    /// Parses a table.
    ///
    /// - Parameters:
    ///   - bytes: from its magic to the end of the file.
    ///   - start: where it starts in the file, which must be where its frames end.
    package init(_ bytes: [UInt8], at start: Int64) throws(SeekTableError) {
        try self.init(bytes)
        guard framesEnd == start else { throw .sizes(sum: framesEnd, start: start) }
    }

    /// Parses a table without comparing its sizes with anything.
    init(_ bytes: [UInt8]) throws(SeekTableError) {
        let count = try Self.frameCount(footer: bytes.suffix(Self.footerSize))
        guard bytes.count == Self.size(frames: count), bytes.starts(with: Self.header(frames: count)) else {
            throw .inconsistent(frames: count)
        }
        self.init(
            (0..<count).map { index in
                let entry = Self.headerSize + index * Self.entrySize
                return Frame(
                    compressedSize: Self.number(bytes, entry), decompressedSize: Self.number(bytes, entry + 4),
                    checksum: Self.number(bytes, entry + 8))
            })
    }

    private static func frameCount(footer: some Collection<UInt8>) throws(SeekTableError) -> Int {
        let footer = Array(footer)
        guard footer.count == footerSize, number(footer, 5) == seekableMagic else { throw .missing }
        guard footer[4] == descriptor else { throw .descriptor(footer[4]) }
        let count = Int(number(footer, 0))
        guard count <= maximumFrames else { throw .tooManyFrames(count) }
        return count
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32($1 * 8) }
    }
}

/// Why the end of a file is not a seek table as ``SeekableZstdWriter`` writes it.
package enum SeekTableError: Error, Equatable, Sendable {
    /// The file does not end as one with a seek table does.
    case missing
    /// The descriptor is not that of a table with checksums, or has bits set that are reserved or unused.
    case descriptor(UInt8)
    /// It claims more frames than ``SeekTable/maximumFrames``.
    case tooManyFrames(Int)
    /// It claims so many frames that the table would be larger than the file; `fileSize` is in bytes.
    case largerThanFile(frames: Int, fileSize: Int64)
    /// Its length, or the header of its skippable frame, does not fit this number of frames.
    case inconsistent(frames: Int)
    /// The sizes of its frames do not add up to the offset at which it starts; both in bytes.
    case sizes(sum: Int64, start: Int64)
}

extension SeekTableError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing:
            "the file does not end with a seek table: its end was cut off or overwritten, or something was appended"
        case .descriptor(let byte):
            "the seek table's descriptor is 0x\(String(byte, radix: 16)) and not 0x80: it is damaged, or another tool's"
        case .tooManyFrames(let count):
            "the seek table claims \(count) frames, more than the \(SeekTable.maximumFrames) that are ever written"
        case .largerThanFile(let frames, let fileSize):
            "the seek table claims \(frames) frames, and would be larger than the file's \(fileSize) bytes"
        case .inconsistent(let frames):
            "the seek table is not one of \(frames) frames: its start, its end or the frames disagree"
        case .sizes(let sum, let start):
            "the sizes in the seek table add up to \(sum) bytes, and it starts at offset \(start)"
        }
    }
}
