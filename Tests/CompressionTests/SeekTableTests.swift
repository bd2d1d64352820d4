import Compression
import Testing

@Suite struct SeekTableTests {
    private static let table = SeekTable([
        SeekTable.Frame(compressedSize: 0x0102_0304, decompressedSize: 0xFFFF_FFFF, checksum: 0x1122_3344),
        SeekTable.Frame(compressedSize: 0xFFFF_FFFF, decompressedSize: 5, checksum: 0),
    ])

    /// By hand, from zstd's contrib/seekable_format/zstd_seekable_compression_format.md.
    @Test func bytes() throws {
        let bytes: [UInt8] = [
            0x5E, 0x2A, 0x4D, 0x18, 33, 0, 0, 0,
            4, 3, 2, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x44, 0x33, 0x22, 0x11,
            0xFF, 0xFF, 0xFF, 0xFF, 5, 0, 0, 0, 0, 0, 0, 0,
            2, 0, 0, 0, 0x80, 0xB1, 0xEA, 0x92, 0x8F,
        ]
        #expect(Self.table.encoded == bytes)
        #expect(try SeekTable(parsing: bytes) == Self.table)
        #expect(Self.table.framesEnd == 0x0102_0304 + 0xFFFF_FFFF)
        #expect(Self.table.decompressedSize == 0xFFFF_FFFF + 5)
        #expect(Self.table.range(ofFrame: 1) == 0x0102_0304..<0x0102_0304 + 0xFFFF_FFFF)
    }

    private static func footer(_ count: UInt32, descriptor: UInt8 = 0x80) -> [UInt8] {
        withUnsafeBytes(of: count.littleEndian, Array.init) + [descriptor, 0xB1, 0xEA, 0x92, 0x8F]
    }

    @Test func aFooterIsBoundedBeforeMemoryIsTaken() {
        for (footer, error) in [
            (Self.footer(.max), SeekTableError.tooManyFrames(Int(UInt32.max))),
            (Self.footer((1 << 20) + 1), .tooManyFrames((1 << 20) + 1)),
            (Self.footer(1 << 20), .inconsistent(frames: 1 << 20)),
            (Self.footer(1, descriptor: 0), .descriptor(0)), (Self.footer(1, descriptor: 0x81), .descriptor(0x81)),
            (Self.footer(1, descriptor: 0xC0), .descriptor(0xC0)), (Array("garbage!!".utf8), .missing),
            (Array(Self.footer(1).dropFirst()), .missing), ([], .missing),
        ] {
            #expect(throws: error) { try SeekTable(parsing: footer) }
        }
    }

    @Test func aTableWhoseStartAndEndDisagreeIsRefused() throws {
        let good = SeekTable([SeekTable.Frame(compressedSize: 9, decompressedSize: 9, checksum: 9)]).encoded
        #expect(try SeekTable(parsing: good).frames.count == 1)
        for position in 0..<8 {
            var bad = good
            bad[position] ^= 0x10
            #expect(throws: SeekTableError.inconsistent(frames: 1)) { try SeekTable(parsing: bad) }
        }
        var bad = good
        bad[20] = 2
        #expect(throws: SeekTableError.inconsistent(frames: 2)) { try SeekTable(parsing: bad) }
        #expect(throws: SeekTableError.inconsistent(frames: 1)) { try SeekTable(parsing: good + good) }
        #expect(throws: SeekTableError.missing) { try SeekTable(parsing: []) }
    }

    @Test func errorsSayWhatIsWrong() {
        #expect("\(SeekTableError.descriptor(0))".contains("descriptor is 0x0"))
        #expect("\(SeekTableError.inconsistent(frames: 5))".contains("is not one of 5 frames"))
        #expect("\(SeekableZstdError.table(.missing))".contains("does not end with a seek table"))
        let frame = SeekableZstdError.frame(3, offset: 17, .undecodable(.truncated(.zstd)))
        #expect("\(frame)".hasPrefix("frame 3, at offset 17: the zstd data ends too early"))
    }
}
