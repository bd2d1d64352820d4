import Foundation
import TestSupport
import Testing

@testable import Compression

@Suite(.keepsItsThread) struct SeekableRoundTripTests {
    /// One way to compress.
    struct Way: CustomTestStringConvertible, Sendable {
        var settings: SeekableZstdSettings
        var frameSize: Int
        var pieceSize: Int

        init(
            level: Int, long: Bool = false, workers: Int = 0, rowGroup: Int = 1 << 20, frameSize: Int = 70_000,
            pieceSize: Int = 1000
        ) {
            settings = SeekableZstdSettings(
                level: level, longDistanceMatching: long, workers: workers, rowGroupBytes: rowGroup)
            self.frameSize = frameSize
            self.pieceSize = pieceSize
        }

        var testDescription: String { "\(settings), frames of \(frameSize) bytes, pieces of \(pieceSize)" }
    }

    /// Each of zstd's strategies, long-distance matching and threads with each kind of them, and odd sizes.
    static let ways = [
        Way(level: 1), Way(level: 3), Way(level: 5), Way(level: 7), Way(level: 12), Way(level: 13), Way(level: 16),
        Way(level: 18), Way(level: 19), Way(level: 1, long: true), Way(level: 3, long: true, rowGroup: 64 << 10),
        Way(level: 19, long: true), Way(level: 1, workers: 2), Way(level: 3, long: true, workers: 2),
        Way(level: 3, workers: 3, rowGroup: 1 << 21, frameSize: .max, pieceSize: .max),
        Way(level: 1, frameSize: 1021, pieceSize: 1), Way(level: 1, frameSize: .max, pieceSize: .max),
        Way(level: 1, frameSize: 300_000, pieceSize: .max),
    ]

    /// The other parsers of the format are the `zstd` tool, and one of our own in another language.
    @Test(arguments: ways, [0, 1, 400_000]) func everyReaderAgrees(_ way: Way, size: Int) throws {
        let text = sampleText(size)
        let file = try SeekableFile(
            text, frameSize: way.frameSize, pieceSize: way.pieceSize, settings: way.settings)
        let frames = size == 0 ? 1 : (size - 1) / min(way.frameSize, size) + 1
        #expect(file.table.frames.count == frames)
        #expect(file.table.decompressedSize == Int64(size))
        #expect(CompressionAlgorithm(recognising: file.bytes) == .zstd)

        let listed = try Self.listed(file.bytes)
        #expect(listed.contains("# Zstandard Frames: \(frames)\n"))
        #expect(listed.contains("# Skippable Frames: 1\n"))
        #expect(listed.contains("Check: XXH64"))
        _ = try shell("zstd -tq", file.bytes)
        #expect(try shell("zstd -dcq", file.bytes) == text)
        #expect(try decode(file.bytes, .zstd) == text)
        let decoded = try decodeSeekable(file.bytes)
        #expect(decoded.contents == text)
        #expect(decoded.table == file.table)
        // It decodes each frame in a process of its own, so not hundreds.
        guard frames < 50 else { return }
        #expect(try Self.judgedByOracle(file.bytes) == Self.lines(file.table))
    }

    @Test(arguments: [1, 2, 3, 7, 4096]) func theFileMayBeCutAnywhere(size: Int) throws {
        let file = try SeekableFile(sampleText(100_000), frameSize: 9973)
        let decoded = try decodeSeekable(file.bytes, by: size)
        #expect(decoded.contents == file.contents)
        #expect(decoded.table == file.table)
    }

    @Test func nothingIsHandedOverInPiecesLargerThanPromised() throws {
        let file = try SeekableFile([UInt8](repeating: 0, count: 100_000_000))
        #expect(file.bytes.count < 20_000)
        var reader = try SeekableZstdReader()
        var (largest, total) = (0, 0)
        try file.bytes.withUnsafeBytes { bytes in
            try reader.read(bytes) { piece in
                largest = max(largest, piece.count)
                total += piece.count
            }
        }
        _ = try reader.finish()
        #expect(total == 100_000_000)
        #expect(largest <= Decompressor.chunkSize)
        #expect(reader.consumed == Int64(file.bytes.count))
    }

    /// A decoder needs no more memory than the window that the header asks for.
    @Test(arguments: [
        (SeekableZstdSettings(level: 1), 19), (SeekableZstdSettings(level: 2), 20),
        (SeekableZstdSettings(level: 3), 21), (SeekableZstdSettings(level: 9), 22),
        (SeekableZstdSettings(level: 19), 23),
        (SeekableZstdSettings(level: 3, rowGroupBytes: 1 << 20), 20),
        (SeekableZstdSettings(level: 3, rowGroupBytes: (1 << 20) + 1), 21),
        (SeekableZstdSettings(level: 1, rowGroupBytes: 64 << 10), 16),
        (SeekableZstdSettings(level: 1, longDistanceMatching: true), 23),
        (SeekableZstdSettings(level: 1, longDistanceMatching: true, rowGroupBytes: 100_000_000), 23),
        (SeekableZstdSettings(level: 1, longDistanceMatching: true, rowGroupBytes: 1 << 30), 23),
    ]) func theWindowIsNoLargerThanARowGroup(_ settings: SeekableZstdSettings, log: Int) throws {
        #expect(settings.windowLog == log)
        let file = try SeekableFile(sampleText(300_000), settings: settings)
        // RFC 8878, 3.1.1.1.2: the byte behind the descriptor; its high five bits are the exponent, from 10.
        #expect(Int(file.bytes[5] >> 3) + 10 == log)
    }

    @Test func aFrameEndsOnlyWhereThereIsOne() throws {
        var writer = try SeekableZstdWriter()
        var bytes: [UInt8] = []
        try writer.endFrame { bytes += $0 }
        #expect(bytes.isEmpty)
        let text = sampleText(500)
        try text.withUnsafeBytes { text in try writer.write(text) { bytes += $0 } }
        #expect(writer.frameBytes == 500)
        try writer.endFrame { bytes += $0 }
        #expect(writer.frameBytes == 0)
        try writer.endFrame { bytes += $0 }
        let table = try writer.finish { bytes += $0 }
        #expect(table.frames.map(\.decompressedSize) == [500])
        #expect(writer.compressedBytes == Int64(bytes.count))
        #expect(try decodeSeekable(bytes).contents == text)
    }

    @Test(arguments: [
        (SeekableZstdSettings(level: 0), "level is 0, and must be 1 to 19"),
        (SeekableZstdSettings(level: 20), "level is 20, and must be 1 to 19"),
        (SeekableZstdSettings(workers: -1), "workers is -1, and must be 0 to 64"),
        (SeekableZstdSettings(workers: 65), "workers is 65, and must be 0 to 64"),
        (SeekableZstdSettings(rowGroupBytes: 65_535), "rowGroupBytes is 65535, and must be 65536 to 1073741824"),
        (SeekableZstdSettings(rowGroupBytes: .max), "rowGroupBytes is \(Int.max), and must be 65536 to 1073741824"),
    ]) func settingsOutOfRangeAreRefused(_ settings: SeekableZstdSettings, message: String) {
        #expect {
            _ = try SeekableZstdWriter(settings)
        } throws: {
            "\($0)" == message
        }
    }

    @Test func whatASeekTableCannotSayIsNotWritten() throws {
        let text = sampleText(100)
        var limits = SeekableZstdWriter.Limits(frameBytes: 150, frames: 2)
        var writer = try SeekableZstdWriter(SeekableZstdSettings(), limits: limits)
        try text.withUnsafeBytes { text in
            try writer.write(text) { _ in }
            #expect(throws: SeekableZstdWriterError.frameTooLarge(frame: 0, limit: 150)) {
                try writer.write(text) { _ in }
            }
        }
        limits.frameBytes = 1000
        writer = try SeekableZstdWriter(SeekableZstdSettings(), limits: limits)
        try text.withUnsafeBytes { text in
            for _ in 0..<2 {
                try writer.write(text) { _ in }
                try writer.endFrame { _ in }
            }
            try writer.write(text) { _ in }
            #expect(throws: SeekableZstdWriterError.tooManyFrames(limit: 2)) { try writer.endFrame { _ in } }
        }
    }

    @Test func whatTheSinkThrowsComesThrough() throws {
        struct DiskFull: Error {}
        var writer = try SeekableZstdWriter()
        let text = sampleText(10)
        try text.withUnsafeBytes { text in try writer.write(text) { _ in } }
        #expect(throws: DiskFull.self) { try writer.endFrame { _ in throw DiskFull() } }
    }

    private static func lines(_ table: SeekTable) -> String {
        table.frames.map { "\($0.compressedSize) \($0.decompressedSize) \($0.checksum)\n" }.joined()
    }

    /// What `zstd -lv` says of a file; it reads no pipe.
    private static func listed(_ file: [UInt8]) throws -> String {
        let command = "(f=$(mktemp) && cat > $f && zstd -lv $f; status=$?; rm $f; exit $status)"
        return String(decoding: try shell(command, file), as: UTF8.self)
    }

    /// The frames of a file as the Python parser beside this file finds them, with the Python named by PGASSAY_PYTHON,
    /// else the one in `.venv`.
    private static func judgedByOracle(_ file: [UInt8]) throws -> String {
        let directory = URL(filePath: #filePath).deletingLastPathComponent()
        let root = directory.deletingLastPathComponent().deletingLastPathComponent()
        let python =
            ProcessInfo.processInfo.environment["PGASSAY_PYTHON"] ?? root.appending(path: ".venv/bin/python").path()
        let oracle = directory.appending(path: "seekable_oracle.py").path()
        return String(decoding: try shell("'\(python)' '\(oracle)'", file), as: UTF8.self)
    }
}
