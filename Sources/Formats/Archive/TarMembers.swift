import SystemPackage

/// One member of a tar file.
struct TarMember: Sendable, Equatable {
    let name: String
    /// Where its header starts, in bytes from the start of the file.
    let headerOffset: Int64
    /// Bytes of data.
    let size: Int64

    /// The bytes of the file that are its data, if the file is long enough.
    var data: Range<Int64> { headerOffset + 512..<headerOffset + 512 + size }
    /// Where the next header is: data is padded to whole blocks.
    var end: Int64 { headerOffset + 512 + (size + 511) / 512 * 512 }
}

/// Reads one header of a tar file after the other, as `pg_dump` writes it (POSIX ustar), without reading the data
/// between.
struct TarMembers {
    static let blockSize: Int64 = 512

    private let file: InputFile
    /// Where the next header is expected.
    private(set) var offset: Int64 = 0

    init(_ file: InputFile) {
        self.file = file
    }

    /// The next member, or nil at the first block of zeros.
    ///
    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)`` when the file ends before the header does, or within the
    ///   data of the member; ``ArchiveError/malformed(_:offset:problem:)`` when the block is not a header, or its
    ///   checksum does not match.
    mutating func next() throws(ArchiveError) -> TarMember? {
        guard offset + Self.blockSize <= file.size else {
            throw .truncated(file.path, offset: file.size, reading: "the header of a tar member")
        }
        let header = try file.bytes(at: offset, count: Int(Self.blockSize))
        guard header.count == Self.blockSize else {
            throw .truncated(file.path, offset: offset, reading: "the header of a tar member")
        }
        if header.allSatisfy({ $0 == 0 }) { return nil }
        let entry: TarHeader
        do {
            entry = try TarHeader(header)
        } catch {
            throw .malformed(file.path, offset: offset, problem: error.problem)
        }
        let member = TarMember(name: entry.name, headerOffset: offset, size: entry.size)
        guard member.data.upperBound <= file.size else {
            throw .truncated(file.path, offset: file.size, reading: "the data of the tar member \(entry.name)")
        }
        offset = member.end
        return member
    }

    /// Whether the first bytes of a file are the start of a tar header: its magic, or the name of the first member of
    /// every dump.
    static func recognises(_ prefix: [UInt8]) -> Bool {
        (prefix.count >= 262 && prefix[257..<262].elementsEqual("ustar".utf8))
            || prefix.starts(with: Array("toc.dat\0".utf8))
    }
}
