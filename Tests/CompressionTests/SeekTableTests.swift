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
        #expect(try SeekTable(bytes, at: 0x0102_0304 + 0xFFFF_FFFF) == Self.table)
        #expect(Self.table.framesEnd == 0x0102_0304 + 0xFFFF_FFFF)
        #expect(Self.table.decompressedSize == 0xFFFF_FFFF + 5)
        #expect(Self.table.range(ofFrame: 1) == 0x0102_0304..<0x0102_0304 + 0xFFFF_FFFF)
    }

    @Test func sizesThatDoNotAddUpAreRefused() {
        let start = Self.table.framesEnd
        for wrong in [0, start - 1, start + 1, .max] {
            #expect(throws: SeekTableError.sizes(sum: start, start: wrong)) {
                try SeekTable(Self.table.encoded, at: wrong)
            }
        }
    }

    private static func footer(_ count: UInt32, descriptor: UInt8 = 0x80) -> [UInt8] {
        withUnsafeBytes(of: count.littleEndian, Array.init) + [descriptor, 0xB1, 0xEA, 0x92, 0x8F]
    }

    @Test func aFooterIsBoundedBeforeAnythingElseIsRead() async throws {
        #expect(try SeekTable.range(footer: Self.footer(0), fileSize: 17) == 0..<17)
        #expect(try SeekTable.range(footer: Self.footer(10), fileSize: 1000) == 863..<1000)
        for (footer, size, error) in [
            (Self.footer(.max), Int64.max, SeekTableError.tooManyFrames(Int(UInt32.max))),
            (Self.footer((1 << 20) + 1), .max, .tooManyFrames((1 << 20) + 1)),
            (Self.footer(1 << 20), 1 << 20, .largerThanFile(frames: 1 << 20, fileSize: 1 << 20)),
            (Self.footer(1), 28, .largerThanFile(frames: 1, fileSize: 28)),
            (Self.footer(0), 16, .largerThanFile(frames: 0, fileSize: 16)),
            (Self.footer(1, descriptor: 0), 1000, .descriptor(0)),
            (Self.footer(1, descriptor: 0x81), 1000, .descriptor(0x81)),
            (Self.footer(1, descriptor: 0xC0), 1000, .descriptor(0xC0)),
            (Array("garbage!!".utf8), 1000, .missing),
            (Array(Self.footer(1).dropFirst()), 1000, .missing),
            ([], 0, .missing),
        ] {
            #expect(throws: error) { try SeekTable.range(footer: footer, fileSize: size) }
            var reads = 0
            await #expect(throws: error) {
                try await SeekTable(fileSize: size) { range in
                    reads += 1
                    return footer
                }
            }
            #expect(reads == 1, "nothing is read on the word of a footer that lies")
        }
        #expect(try SeekTable.range(footer: Self.footer(1 << 20), fileSize: 1 << 30).count == 12_582_929)
    }

    @Test func aTableWhoseStartAndEndDisagreeIsRefused() throws {
        let good = SeekTable([SeekTable.Frame(compressedSize: 9, decompressedSize: 9, checksum: 9)]).encoded
        #expect(try SeekTable(good, at: 9).frames.count == 1)
        for position in 0..<8 {
            var bad = good
            bad[position] ^= 0x10
            #expect(throws: SeekTableError.inconsistent(frames: 1)) { try SeekTable(bad, at: 9) }
        }
        var bad = good
        bad[20] = 2
        #expect(throws: SeekTableError.inconsistent(frames: 2)) { try SeekTable(bad, at: 9) }
        #expect(throws: SeekTableError.inconsistent(frames: 1)) { try SeekTable(good + good, at: 9) }
        #expect(throws: SeekTableError.missing) { try SeekTable([], at: 0) }
    }

    @Test func errorsSayWhatIsWrong() {
        #expect("\(SeekTableError.descriptor(0))".contains("descriptor is 0x0"))
        #expect("\(SeekTableError.sizes(sum: 5, start: 7))".contains("add up to 5 bytes, and it starts at offset 7"))
        #expect("\(SeekableZstdError.table(.missing))".contains("does not end with a seek table"))
        let frame = SeekableZstdError.frame(3, offset: 17, .undecodable(.truncated(.zstd)))
        #expect("\(frame)".hasPrefix("frame 3, at offset 17: the zstd data ends too early"))
    }
}
