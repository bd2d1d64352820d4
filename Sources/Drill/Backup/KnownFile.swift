import PlanKeys

/// A kind of file that is taken for a backup, told by its first bytes.
package struct KnownFile: Sendable {
    /// Completes "it is".
    package let what: String
    /// What to do, as a command.
    package let advice: String
    let mark: Mark

    enum Mark: Sendable {
        /// One of these, at the start.
        case begins([[UInt8]])
        /// These, at an offset in bytes.
        case has([UInt8], at: Int)
        /// A message of OpenPGP in its binary form.
        case openPGP
        /// Text of which every second byte is zero.
        case utf16
        /// A file of the write-ahead log.
        case logSegment
    }

    func recognises(_ bytes: [UInt8]) -> Bool {
        switch mark {
        case .begins(let starts): starts.contains { bytes.starts(with: $0) }
        case .has(let part, let offset): bytes.dropFirst(offset).starts(with: part)
        case .openPGP: Self.isOpenPGP(bytes)
        case .utf16: Self.isUTF16(bytes)
        case .logSegment: Self.isLogSegment(bytes)
        }
    }

    private init(_ what: String, _ advice: String, _ mark: Mark) {
        (self.what, self.advice, self.mark) = (what, advice, mark)
    }

    private static func begins(_ texts: String...) -> Mark { .begins(texts.map { Array($0.utf8) }) }

    // MARK: Advice

    private static let unpack = "unpack it, and name the dump that is in it"
    private static let decompress = "decompress it, and name the result"
    private static let nameTheBackup = "name the backup itself"
    private static let otherDatabase = "name a backup of PostgreSQL"

    private static func decrypt(_ command: String) -> String {
        "name the command that decrypts it in \(PlanKey.backupDecrypt) of a plan, such as \(command)"
    }

    // MARK: The table

    static let zipFile = "a ZIP file"

    /// The first that fits decides.
    package static let all: [KnownFile] = [
        KnownFile(zipFile, unpack, .begins([[0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], [0x50, 0x4B, 7, 8]])),
        KnownFile("a 7-Zip file", unpack, .begins([[0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]])),
        KnownFile("a RAR file", unpack, begins("Rar!\u{1A}\u{7}")),
        KnownFile(
            "compressed more often than twice", decompress,
            .begins([
                [0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD], [4, 0x22, 0x4D, 0x18], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0],
                Array("BZh".utf8),
            ])
        ),
        KnownFile("a file in the old format of lz4 -l", decompress, .begins([[0x02, 0x21, 0x4C, 0x18]])),
        KnownFile("compressed by lzop", decompress, .begins([[0x89, 0x4C, 0x5A, 0x4F, 0]])),
        KnownFile("compressed by lzip", decompress, begins("LZIP\u{1}")),
        KnownFile("compressed by compress", decompress, .begins([[0x1F, 0x9D]])),
        KnownFile("compressed by lzma", decompress, .begins([[0x5D, 0, 0, 0x80, 0], [0x5D, 0, 0, 0x10, 0]])),
        KnownFile("compressed by snappy", decompress, .has(Array("sNaPpY".utf8), at: 4)),
        KnownFile(
            "encrypted by age", decrypt("[age, --decrypt, --identity, KEY]"),
            begins(
                "age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE")),
        KnownFile("encrypted or signed by gpg", decrypt("[gpg, --batch, --decrypt]"), begins("-----BEGIN PGP MESSAGE")),
        KnownFile("encrypted or signed by gpg", decrypt("[gpg, --batch, --decrypt]"), .openPGP),
        KnownFile(
            "encrypted by openssl", decrypt("[openssl, enc, -d, -aes-256-cbc, -pbkdf2, -pass, 'file:KEY']"),
            begins("Salted__", "U2FsdGVkX1")),
        KnownFile("a key or a certificate", nameTheBackup, begins("-----BEGIN ", "AGE-SECRET-KEY-", "ssh-")),
        KnownFile(
            "text in UTF-16, as PowerShell's > writes it, which destroys an archive and changes a script",
            "dump again with pg_dump --file, or with cmd", .utf16),
        KnownFile(
            "a dump of MySQL or MariaDB", otherDatabase,
            begins(
                "-- MySQL dump", "-- MariaDB dump", "/*M!999999", "/*!", "-- phpMyAdmin SQL Dump", "mysqldump: ",
                "mariadb-dump: ")),
        KnownFile("a database of SQLite", otherDatabase, begins("SQLite format 3\0")),
        KnownFile("a dump of SQLite", otherDatabase, begins("PRAGMA foreign_keys")),
        KnownFile("a dump of MongoDB", otherDatabase, .begins([[0x6D, 0xE2, 0x99, 0x81]])),
        KnownFile("a dump of Oracle", otherDatabase, .has(Array("EXPORT:V".utf8), at: 3)),
        KnownFile("a dump of Redis", otherDatabase, begins("REDIS0")),
        KnownFile("a backup of SQL Server", otherDatabase, begins("TAPE\0\0")),
        KnownFile("a backup of MySQL in xbstream", otherDatabase, begins("XBSTCK01")),
        KnownFile(
            "a pointer of Git LFS, and the file itself is not here", "fetch it (git lfs pull), and drill that",
            begins("version https://git-lfs.github.com/spec/")),
        KnownFile(
            "a pointer of git-annex, and the file itself is not here", "fetch it (git annex get), and drill that",
            begins("/annex/objects/")),
        KnownFile(
            "what macOS keeps beside a file, under its name with ._ in front", "name the file itself",
            .begins([[0, 5, 0x16, 7]])),
        KnownFile(
            "a file of the write-ahead log, which is no backup by itself",
            "name the base backup, and the directory of the log with --wal",
            .logSegment),
        KnownFile("a Parquet file", nameTheBackup, begins("PAR1")),
        KnownFile("a PDF file", nameTheBackup, begins("%PDF-")),
        KnownFile(
            "a picture", nameTheBackup, .begins([[0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], Array("GIF8".utf8)])),
        KnownFile("a program", nameTheBackup, .begins([[0x7F, 0x45, 0x4C, 0x46], [0x23, 0x21, 0x2F]])),
        KnownFile("a package of Debian, or a library", nameTheBackup, begins("!<arch>\n")),
    ]

    // MARK: Marks that are more than a start

    /// The first packet of an encrypted, compressed or signed message (RFC 9580, 4.2 and 5): its tag and length, then the
    /// version and what follows, so that noise is not taken for one.
    private static func isOpenPGP(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 16 else { return false }
        // Where the packet's body begins, by its tag and the form of its length.
        let (tag, body): (UInt8, Int)
        switch bytes[0] {
        case 0x84, 0x8C: (tag, body) = (bytes[0] >> 2 & 15, 2)
        case 0x85: (tag, body) = (1, 3)
        case 0xC1, 0xC3: (tag, body) = (bytes[0] & 63, bytes[1] < 192 ? 2 : 3)
        // A compressed packet without a length, as gpg writes what is signed and not encrypted.
        case 0xA3: return (1...3).contains(bytes[1])
        default: return false
        }
        switch tag {
        // Encrypted for a key: version 3, eight bytes of key ID, a known algorithm.
        case 1: return bytes[body] == 3 && [1, 2, 16, 18, 25].contains(bytes[body + 9])
        // Encrypted with a passphrase: version 4 to 6, a known cipher, a known way from the passphrase to the key.
        default: return (4...6).contains(bytes[body]) && bytes[body + 1] <= 13 && bytes[body + 2] <= 4
        }
    }

    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        let littleEndian = bytes.starts(with: [0xFF, 0xFE])
        let bigEndian = bytes.starts(with: [0xFE, 0xFF])
        let hasMark = littleEndian || bigEndian
        let text = bytes.dropFirst(hasMark ? 2 : 0).prefix(hasMark ? 8 : 16)
        guard text.count >= 8 else { return false }
        // One of each pair is a printable character, and the other is zero.
        return stride(from: text.startIndex, to: text.endIndex - 1, by: 2).allSatisfy { index in
            let (first, second) = (text[index], text[index + 1])
            let (character, zero) = bigEndian ? (second, first) : (first, second)
            return zero == 0 && (character >= 0x20 && character < 0x7F || [9, 10, 13].contains(character))
        }
    }

    /// `XLOG_PAGE_MAGIC` of PostgreSQL 10 and newer is D1 and a number; the first page of a segment has the flag 2, and no
    /// flag above 8 (`xlog_internal.h`).
    private static func isLogSegment(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && bytes[1] == 0xD1 && bytes[0] < 0x40 && bytes[2] & 2 != 0 && bytes[2] < 16 && bytes[3] == 0
    }
}
