import SystemPackage
import Testing

@testable import Archive

@Suite(.keepsItsThread) struct TarStreamTests {
    private struct Member: Equatable {
        let name: String
        /// Where its data is.
        let start: Int64
        let size: Int64
    }

    /// A header block, made by the book (POSIX.1-1988 ustar).
    private func header(_ name: String, size: [UInt8], checksum: Int? = nil) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        block.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        block.replaceSubrange(124..<124 + size.count, with: size)
        block.replaceSubrange(148..<156, with: [UInt8](repeating: 32, count: 8))
        block.replaceSubrange(257..<265, with: Array("ustar\u{0}00".utf8))
        let sum = checksum ?? block.reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        block.replaceSubrange(148..<154, with: Array((String(repeating: "0", count: 6 - digits.count) + digits).utf8))
        block[154] = 0
        return block
    }

    private func walk(_ bytes: [UInt8], sparse: Int64 = 0) throws -> [Member] {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/x.tar"
            try write(bytes, to: path)
            if sparse > 0 {
                try #require(run("/usr/bin/truncate", ["-s", "\(sparse)", path]).status == 0)
            }
            var stream = try TarStream(try InputFile(FilePath(path)))
            var found: [Member] = []
            while let header = try stream.next() {
                found.append(Member(name: header.name, start: stream.offset, size: header.size))
            }
            return found
        }
    }

    @Test func sizesFrom8GiBOnAreBase256() throws {
        let size: Int64 = 9 << 30
        let field: [UInt8] = [0x80, 0, 0, 0] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
        // A hole in the file stands for nine GiB of data; the zeros behind it end the archive.
        let members = try walk(header("1.dat", size: field), sparse: 512 + size + 1024)
        #expect(members == [Member(name: "1.dat", start: 512, size: size)])
    }

    @Test func dataIsPaddedToBlocks() throws {
        let zero = [UInt8](repeating: 0, count: 512)
        let bytes =
            header("a", size: Array("00000000001".utf8)) + zero + header("b", size: Array("1000        ".utf8)) + zero
            + zero
        #expect(try walk(bytes).map(\.size) == [1, 512])
    }

    @Test(arguments: [
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF] as [UInt8], Array("00000000009".utf8),
        Array("-0000000001".utf8), [],
    ])
    func sizesThatAreNoneAreRefused(_ size: [UInt8]) throws {
        #expect(throws: ArchiveError.self) { try walk(header("a", size: size), sparse: 10_000) }
    }

    @Test func aWrongChecksumIsNamed() throws {
        let error = #expect(throws: ArchiveError.self) {
            try walk(header("a", size: Array("0".utf8), checksum: 1), sparse: 10_000)
        }
        #expect("\(error!)".contains("checksum"))
    }

    @Test func sizesBeyondTheFileAreTruncations() throws {
        let error = #expect(throws: ArchiveError.self) { try walk(header("1.dat", size: Array("77777777777".utf8))) }
        guard case .truncated(_, _, let reading)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reading.contains("1.dat"))
    }
}
