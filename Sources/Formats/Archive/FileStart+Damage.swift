import Bytes
import Compression

/// What damage leaves of a dump whose beginning is not that of one.
extension FileStart {
    /// It was the beginning of a dump once, or what follows it is of a dump.
    package var isDamagedDump: Bool { isCutStart || beginsWithZeros || isNearlyCompressed || hasTracesOfArchive }

    /// Fewer bytes than the signs of archives and of compressed files have.
    var isCutStart: Bool {
        !bytes.isEmpty && bytes.count < 10
            && Self.magics.contains { bytes.count < $0.count && $0.starts(with: bytes) }
    }

    /// What a failing disk or a copy with holes puts in the place of a block.
    var beginsWithZeros: Bool { bytes.count >= 512 && bytes.prefix(512).allSatisfy { $0 == 0 } }

    /// The sign of a compressed file with one wrong byte in it.
    var isNearlyCompressed: Bool {
        Self.magics.dropFirst().contains { magic in
            guard bytes.count > magic.count + 8 else { return false }
            guard zip(magic, bytes).count(where: { $0 != $1 }) == 1 else { return false }
            // gzip's is short: its flags, and how and where it was made, must be possible too (RFC 1952, 2.3.1).
            return magic.count > 3
                || bytes[3] & 0xE0 == 0 && [0, 2, 4].contains(bytes[8]) && (bytes[9] <= 13 || bytes[9] == 255)
        }
    }

    /// gzip with its only method, zstd, xz, lz4, and bzip2 with its first block; before them that of archives.
    private static let magics: [[UInt8]] = [
        ArchiveHeader.magic, [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
        [4, 0x22, 0x4D, 0x18], Array("BZh91AY&SY".utf8),
    ]

    /// Members of a tar file, entries of a table of contents, or blocks of data as `pg_dump -Fc` writes them.
    var hasTracesOfArchive: Bool {
        [bytes, tail].contains { bytes in
            bytes.indices.contains {
                ArchiveTrace.isEntry(bytes, at: $0) || ArchiveTrace.isBlock(bytes, at: $0)
                    || ArchiveTrace.isMember(bytes, at: $0)
            }
        }
    }
}

/// Signs of an archive in its middle. Each is longer than chance would make it.
private enum ArchiveTrace {
    /// The kind of an entry: a length of four bytes behind a sign of 0, and the word; then the length of the next text.
    static func isEntry(_ bytes: [UInt8], at start: Int) -> Bool {
        guard start + 5 < bytes.count, bytes[start] == 0, bytes[start + 2] == 0, bytes[start + 3] == 0,
            bytes[start + 4] == 0, (4...40).contains(bytes[start + 1])
        else { return false }
        let end = start + 5 + Int(bytes[start + 1])
        guard end + 5 <= bytes.count, bytes[end] <= 1, bytes[end + 4] == 0 else { return false }
        return TableOfContents.knownKinds.contains(String(decoding: bytes[(start + 5)..<end], as: UTF8.self))
    }

    /// A block of data: its type, the number of its entry, the length of its first piece, and the start of zlib's data.
    static func isBlock(_ bytes: [UInt8], at start: Int) -> Bool {
        guard start + 13 <= bytes.count, bytes[start] == 1, bytes[start + 1] == 0, bytes[start + 5] == 0,
            bytes[start + 6] == 0, bytes[start + 9] <= 1, bytes[start + 10] == 0, bytes[start + 11] == 0x78
        else { return false }
        return [0x01, 0x5E, 0x9C, 0xDA].contains(bytes[start + 12])
    }

    /// The header of a tar file's member, in a place where one can be.
    static func isMember(_ bytes: [UInt8], at start: Int) -> Bool {
        start % 512 == 257 && bytes[start...].starts(with: Array("ustar".utf8))
    }
}
