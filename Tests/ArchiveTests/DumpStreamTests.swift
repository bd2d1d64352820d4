import Archive
import Compression
import SystemPackage
import Testing

@Suite(.keepsItsThread) struct DumpStreamTests {
    @Test(
        arguments: ["cat", "gzip", "zstd", "lz4", "bzip2", "xz", "gzip | xz"], [1000, 100_000, DumpStream.chunkSize])
    func readsTheSameFromAll(_ command: String, maximum: Int) throws {
        let path = try Corpus.dump(Installation.all[0], "-Fp")
        let expected = try read(path)
        try withTemporaryDirectory { directory in
            let file = "\(directory)/x"
            try #require(run("/bin/sh", ["-c", "cat '\(path)' | \(command) > '\(file)'"]).status == 0)
            var stream = try DumpStream(path: FilePath(file))
            var bytes: [UInt8] = []
            while let chunk = try stream.read(maximum: maximum) {
                #expect(1...maximum ~= chunk.count)
                bytes += chunk
            }
            #expect(bytes == expected)
            #expect(stream.bytesRead == expected.count)
            #expect(stream.compressedBytesRead == stream.compressedSize)
            #expect(try stream.read() == nil)
        }
    }

    @Test(arguments: ["gzip", "zstd", "lz4", "bzip2", "xz"]) func aFileThatWasCutDoesNotEnd(_ command: String) throws {
        let path = try Corpus.dump(Installation.all[0], "-Fp")
        try withTemporaryDirectory { directory in
            let file = FilePath("\(directory)/x")
            try #require(run("/bin/sh", ["-c", "cat '\(path)' | \(command) | head -c 5000 > '\(file)'"]).status == 0)
            let algorithm = try #require(CompressionAlgorithm(rawValue: command))
            #expect(throws: ArchiveError.undecodable(file, .truncated(algorithm))) {
                var stream = try DumpStream(path: file)
                while try stream.read() != nil {}
            }
        }
    }

    @Test func aFileThatGrowsWithoutEndTakesNoMemory() throws {
        try withTemporaryDirectory { directory in
            let file = "\(directory)/x"
            try #require(run("/bin/sh", ["-c", "head -c 300000000 /dev/zero | zstd > '\(file)'"]).status == 0)
            var stream = try DumpStream(path: FilePath(file))
            while let chunk = try stream.read() { #expect(chunk.count <= DumpStream.chunkSize) }
            #expect(stream.bytesRead == 300_000_000)
            #expect(stream.compressedBytesRead < 100_000)
        }
    }

    @Test func anEmptyFileEndsAtOnce() throws {
        try withTemporaryDirectory { directory in
            try write([], to: "\(directory)/x")
            var stream = try DumpStream(path: FilePath("\(directory)/x"))
            #expect(try stream.read() == nil)
        }
    }
}
