import Compression
import TestSupport
import Testing

@Suite(.keepsItsThread) struct DamageTests {
    private static let compressed = Encoding.all.filter { $0.algorithm != .none }

    @Test(arguments: compressed) func everyTruncationIsNoticed(_ encoding: Encoding) throws {
        let bytes = try shell(encoding.command, sampleText(6000))
        for cut in 0..<bytes.count {
            #expect(throws: DecompressionError.truncated(encoding.algorithm), "cut to \(cut) bytes") {
                try decode(Array(bytes[..<cut]), encoding.algorithm)
            }
        }
    }

    /// Those with a checksum. Without one, most flips in zstd and lz4 go unnoticed by any decoder.
    @Test(arguments: compressed.filter { !$0.reason.contains("as pg_dump") })
    func noBitFlipChangesTheOutput(_ encoding: Encoding) throws {
        let text = sampleText(3000)
        let bytes = try shell(encoding.command, text)
        var noticed = 0
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            do {
                // A flip in the time stamp of a header, say, leaves the contents as they were.
                #expect(try decode(flipped, encoding.algorithm) == text, "bit \(bit)")
            } catch {
                #expect(error is DecompressionError)
                noticed += 1
            }
        }
        #expect(noticed > bytes.count * 7)
    }

    @Test(arguments: compressed, [1, 3, .max]) func garbageBehindTheEndIsNoticed(_ encoding: Encoding, size: Int) throws
    {
        let bytes = try shell(encoding.command, sampleText(6000))
        let mayBePadded = [.gzip, .bzip2, .xz].contains(encoding.algorithm)
        for zeros in [[0], [UInt8](repeating: 0, count: 512)] where mayBePadded {
            #expect(try decode(bytes + zeros, encoding.algorithm, by: size) == sampleText(6000))
            let offset = Int64(bytes.count + zeros.count)
            #expect(throws: DecompressionError.trailingGarbage(encoding.algorithm, offset: offset)) {
                try decode(bytes + zeros + [1], encoding.algorithm, by: size)
            }
        }
        let zeros: [[UInt8]] = mayBePadded ? [] : [[0], Array(repeating: 0, count: 512)]
        for garbage: [UInt8] in [Array("garbage".utf8), [0xFF, 0xFF]] + zeros {
            #expect(throws: DecompressionError.trailingGarbage(encoding.algorithm, offset: Int64(bytes.count))) {
                try decode(bytes + garbage, encoding.algorithm, by: size)
            }
        }
        // The start of another member could have been one.
        #expect(throws: DecompressionError.truncated(encoding.algorithm)) {
            try decode(bytes + bytes.prefix(2), encoding.algorithm, by: size)
        }
    }

    @Test(arguments: compressed) func somethingElseIsCorrupt(_ encoding: Encoding) throws {
        #expect {
            try decode(Array("-- PostgreSQL database dump".utf8), encoding.algorithm)
        } throws: { error in
            guard case .corrupt(encoding.algorithm, _)? = error as? DecompressionError else { return false }
            return true
        }
    }

    @Test func aWindowThatIsTooLargeIsRefused() throws {
        let bytes = try shell("zstd --ultra --long=28 -c", sampleText(1000))
        #expect(throws: DecompressionError.windowTooLarge(.zstd)) { try decode(bytes, .zstd) }
        let xz = try shell("xz --lzma2=preset=0,dict=256MiB -c", sampleText(1000))
        #expect(throws: DecompressionError.windowTooLarge(.xz)) { try decode(xz, .xz) }
    }

    @Test func errorsSayWhatIsWrong() {
        #expect("\(DecompressionError.truncated(.gzip))".contains("gzip data ends too early"))
        #expect("\(DecompressionError.trailingGarbage(.zstd, offset: 17))".contains("offset 17"))
    }
}
