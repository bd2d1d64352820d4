import Compression
import Testing

@Suite struct SeekableSeekTests {
    @Test func aSeekReadsTheTableAndItsFrameAndNothingElse() async throws {
        let file = try SeekableFile(sampleText(1_000_000), frameSize: 99_991)
        let source = ReadBytes(file.bytes)
        let table = try await SeekTable(fileSize: Int64(file.bytes.count), reading: source.read)
        #expect(table == file.table)
        let end = Int64(file.bytes.count)
        #expect(table.frames.count == 11)
        #expect(source.ranges == [end - 9..<end, end - (8 + 11 * 12 + 9)..<end])

        var reader = try SeekableFrameReader(table)
        // Backwards, and one of them twice: the reader keeps nothing of another frame.
        for frame in [10, 3, 3, 0] {
            let source = ReadBytes(file.bytes)
            var contents: [UInt8] = []
            try await reader.read(frame: frame, reading: source.read) { contents += $0 }
            #expect(contents == Array(file.contents[(frame * 99_991)...].prefix(99_991)))
            #expect(source.ranges == [table.range(ofFrame: frame)])
        }
    }

    @Test func aLargeFrameIsReadInPieces() async throws {
        var state: UInt64 = 1
        // Nothing in it compresses.
        let noise = (0..<9_000_000).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        let file = try SeekableFile(sampleText(1000) + noise + noise, frameSize: 1000 + noise.count)
        let source = ReadBytes(file.bytes)
        var reader = try SeekableFrameReader(file.table)
        var contents: [UInt8] = []
        try await reader.read(frame: 0, reading: source.read) { contents += $0 }
        #expect(contents == Array(file.contents.prefix(1000 + noise.count)))
        #expect(source.ranges.count == 3)
        #expect(source.ranges.allSatisfy { $0.count <= Int(SeekableFrameReader.readSize) })
        #expect(source.ranges.map(\.count).reduce(0, +) == file.table.range(ofFrame: 0).count)
    }

    @Test func framesAreWhereTheTableSays() throws {
        let file = try SeekableFile(sampleText(50_000), frameSize: 7919)
        #expect(file.table.range(ofFrame: 0).lowerBound == 0)
        for frame in file.table.frames.indices {
            let range = file.table.range(ofFrame: frame)
            let alone = Array(file.bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            #expect(try shell("zstd -dcq", alone) == Array(file.contents[(frame * 7919)...].prefix(7919)))
        }
        #expect(file.table.range(ofFrame: 6).upperBound == file.table.framesEnd)
        #expect(file.bytes[Int(file.table.framesEnd)...].elementsEqual(file.table.encoded))
    }

    @Test func aFrameThatIsNotWhatTheTableSaysIsNamed() async throws {
        let file = try SeekableFile(sampleText(3000), frameSize: 1000)
        let offset = file.table.range(ofFrame: 1).lowerBound
        let truth = file.table.frames[1]
        func fails(_ change: (inout SeekTable.Frame) -> Void, with expected: (SeekTable.Frame) -> FrameError) async {
            var frames = file.table.frames
            change(&frames[1])
            await #expect(throws: SeekableZstdError.frame(1, offset: offset, expected(frames[1]))) {
                try await decode(frame: 1, of: file.bytes, SeekTable(frames))
            }
        }
        await fails({ $0.compressedSize += 1 }, with: { .differs(table: $0, found: truth) })
        await fails({ $0.compressedSize -= 1 }, with: { _ in .wrongEnd })
        await fails({ $0.compressedSize = 0 }, with: { _ in .wrongEnd })
        await fails({ $0.decompressedSize += 1 }, with: { .differs(table: $0, found: truth) })
        await fails({ $0.decompressedSize -= 1 }, with: { .holdsMore(than: $0.decompressedSize) })
        await fails({ $0.checksum ^= 1 }, with: { .differs(table: $0, found: truth) })
    }

    /// The proof that memory stays flat: what a frame holds beyond the table's word is never handed over.
    @Test func aFrameThatDecodesToFarMoreIsStopped() async throws {
        let file = try SeekableFile([UInt8](repeating: 65, count: 50_000_000))
        var entry = file.table.frames[0]
        entry.decompressedSize = 10
        var reader = try SeekableFrameReader(SeekTable([entry]))
        var handedOver = 0
        await #expect(throws: SeekableZstdError.frame(0, offset: 0, .holdsMore(than: 10))) {
            try await reader.read(frame: 0, reading: ReadBytes(file.bytes).read) { handedOver += $0.count }
        }
        #expect(handedOver == 0)
    }

    @Test func aShortReadIsATruncatedFrame() async throws {
        let file = try SeekableFile(sampleText(3000), frameSize: 1000)
        var reader = try SeekableFrameReader(file.table)
        let offset = file.table.range(ofFrame: 2).lowerBound
        await #expect(throws: SeekableZstdError.frame(2, offset: offset, .undecodable(.truncated(.zstd)))) {
            try await reader.read(frame: 2, reading: { _ in [1, 2, 3] }, into: { _ in })
        }
    }
}
