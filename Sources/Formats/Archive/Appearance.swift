import Bytes
import Compression

/// Describes what a file that is not a dump looks like, so that the person who named it sees the mistake.
enum Appearance {
    private static let magics: [(magic: [UInt8], description: String)] = [
        ([0x89, 0x50, 0x4E, 0x47], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ([0x50, 0x4B, 0x03, 0x04], "a ZIP file; unpack it and name the dump in it"),
        ([0x42, 0x5A, 0x68], "a file compressed by bzip2; decompress it first"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "a file compressed by xz; decompress it first"),
        ([0x02, 0x21, 0x4C, 0x18], "a file in the old format of lz4 -l; decompress it first"),
        (Array("-----BEGIN PGP".utf8), "an encrypted file; decrypt it first"),
        (Array("age-encryption.org/".utf8), "an encrypted file; decrypt it first"),
        (Array("Salted__".utf8), "a file encrypted by openssl; decrypt it first"),
        (Array("%PDF".utf8), "a PDF file"),
        (Array("<!DOCTYPE".utf8), "a web page, perhaps an error that was saved in place of the dump"),
        (Array("<html".utf8), "a web page, perhaps an error that was saved in place of the dump"),
        (Array("<?xml".utf8), "an XML file, perhaps an error that was saved in place of the dump"),
    ]

    /// - Parameters:
    ///   - prefix: the first bytes, decoded if they were compressed.
    ///   - compression: how the file was compressed.
    /// - Returns: text that completes "it looks like …".
    static func describe(_ prefix: [UInt8], within compression: CompressionAlgorithm) -> String {
        let contents = describe(prefix)
        return compression == .none ? contents : "a file compressed by \(compression.rawValue) that holds \(contents)"
    }

    private static func describe(_ prefix: [UInt8]) -> String {
        if prefix.isEmpty { return "nothing" }
        if prefix.starts(with: ArchiveHeader.magic) || TarStream.recognises(prefix) {
            return "an archive of pg_dump; decompress it first, since pg_restore does not read it like this"
        }
        if let known = magics.first(where: { prefix.starts(with: $0.magic) }) { return known.description }
        if CompressionAlgorithm(recognising: prefix) != .none { return "compressed data; decompress it first" }
        if prefix.allSatisfy({ $0 == 0 }) { return "nothing but zero bytes" }
        let isText = prefix.allSatisfy { $0 >= 0x20 && $0 != 0x7F || ASCII.isSpace($0) }
        return isText ? "text without the comment that pg_dump starts a script with" : "data of an unknown kind"
    }
}
