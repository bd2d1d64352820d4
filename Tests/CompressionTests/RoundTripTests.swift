import Compression
import TestSupport
import Testing

/// One way the command line tools write a stream.
struct Encoding: CustomTestStringConvertible, Sendable {
    let algorithm: CompressionAlgorithm
    let command: String
    let reason: String

    var testDescription: String { "\(command): \(reason)" }

    static let all = [
        Encoding(algorithm: .none, command: "cat", reason: "nothing is compressed"),
        Encoding(algorithm: .gzip, command: "gzip -c", reason: "the default"),
        Encoding(algorithm: .gzip, command: "gzip -1 -c", reason: "other deflate blocks"),
        Encoding(algorithm: .gzip, command: "gzip -9 -c", reason: "long matches"),
        Encoding(algorithm: .zstd, command: "zstd -c", reason: "the default, with a checksum"),
        Encoding(algorithm: .zstd, command: "zstd --no-check -c", reason: "as pg_dump writes it"),
        Encoding(algorithm: .zstd, command: "zstd --long=27 -c", reason: "the largest window that is allowed"),
        Encoding(algorithm: .zstd, command: "zstd -19 -c", reason: "another strategy"),
        Encoding(algorithm: .lz4, command: "lz4 -c", reason: "the default, with a checksum"),
        Encoding(algorithm: .lz4, command: "lz4 --no-frame-crc -c", reason: "as pg_dump writes it"),
        Encoding(algorithm: .lz4, command: "lz4 -B4 -BD -BX -c", reason: "small, linked blocks with checksums"),
        Encoding(algorithm: .bzip2, command: "bzip2 -c", reason: "the default"),
        Encoding(algorithm: .bzip2, command: "bzip2 -1 -c", reason: "small blocks"),
        Encoding(algorithm: .xz, command: "xz -c", reason: "the default"),
        Encoding(algorithm: .xz, command: "xz -0 --check=crc32 -c", reason: "another checksum"),
    ]
}

@Suite(.keepsItsThread) struct RoundTripTests {
    @Test(arguments: Encoding.all) func decodesWhatTheToolsWrite(_ encoding: Encoding) throws {
        for count in [0, 1, 70_000, 1_500_000] {
            let text = sampleText(count)
            let bytes = try shell(encoding.command, text)
            #expect(CompressionAlgorithm(recognising: Array(bytes.prefix(8))) == encoding.algorithm)
            #expect(try decode(bytes, encoding.algorithm) == text, "\(count) bytes")
        }
    }

    @Test(arguments: Encoding.all, [1, 7, 4096]) func chunksMayBeCutAnywhere(_ encoding: Encoding, size: Int) throws {
        let text = sampleText(200_000)
        let bytes = try shell(encoding.command, text)
        #expect(try decode(bytes, encoding.algorithm, by: size) == text)
    }

    @Test(arguments: Encoding.all, [1, 5, .max]) func membersFollowEachOther(_ encoding: Encoding, size: Int) throws {
        let one = sampleText(50_000)
        let bytes = try shell(encoding.command, one) + shell(encoding.command, []) + shell(encoding.command, one)
        #expect(try decode(bytes, encoding.algorithm, by: size) == one + one)
    }

    @Test func skippableFramesAreSkipped() throws {
        let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
        let text = sampleText(1000)
        let zstd = try shell("zstd -c", text)
        let lz4 = try shell("lz4 -c", text)
        #expect(try decode(skippable + zstd + skippable, .zstd) == text)
        #expect(try decode(lz4 + skippable, .lz4) == text)
    }

    @Test(arguments: [1, 100, .max]) func zlibStreams(size: Int) throws {
        let text = sampleText(300_000)
        let stream = try shell(Self.zlib, text)
        #expect(try decode(stream, .zlibStream(), by: size) == text)
        #expect(throws: DecompressionError.trailingGarbage(.gzip, offset: Int64(stream.count))) {
            try decode(stream + [0x78], .zlibStream(), by: size)
        }
        for cut in [0, 1, 2, 1000, stream.count - 5, stream.count - 1] {
            #expect(throws: DecompressionError.truncated(.gzip), "cut to \(cut)") {
                try decode(Array(stream[..<cut]), .zlibStream(), by: size)
            }
        }
        var flipped = stream
        flipped[stream.count / 2] ^= 1
        #expect(throws: DecompressionError.self) { try decode(flipped, .zlibStream(), by: size) }
    }

    /// No common tool writes a bare zlib stream; this is in every Perl.
    private static let zlib = "perl -MCompress::Zlib -e 'local $/; print compress(<STDIN>)'"

    @Test func nothingIsHandedOverInPiecesLargerThanPromised() throws {
        let bytes = try shell("head -c 300000000 /dev/zero | zstd -c", [])
        var decompressor = try Decompressor(.zstd)
        var largest = 0
        var total = 0
        try decompressor.decompress(bytes.span) { chunk in
            largest = max(largest, chunk.count)
            total += chunk.count
        }
        try decompressor.finish()
        #expect(bytes.count < 100_000)
        #expect(total == 300_000_000)
        #expect(largest <= Decompressor.chunkSize)
        #expect(decompressor.consumed == Int64(bytes.count))
    }
}
