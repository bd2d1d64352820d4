extension SeekTable {
    /// Parses a table: from its magic to the end of the file. Whoever has read the frames compares it with them.
    package init(parsing bytes: [UInt8]) throws(SeekTableError) {
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
    /// Its length, or the header of its skippable frame, does not fit this number of frames.
    case inconsistent(frames: Int)
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
        case .inconsistent(let frames):
            "the seek table is not one of \(frames) frames: its start, its end or the frames disagree"
        }
    }
}
