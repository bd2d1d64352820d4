import Compression
import Testing

/// Every frame is a file of its own to any decoder, and is where the table says.
@Suite struct SeekableFrameTests {
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
}
