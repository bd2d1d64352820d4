import PlanKeys

/// A kind of file that is taken for a backup, told by its first bytes.
package struct KnownFile: Sendable {
    /// Completes "it is".
    package let what: String
    /// What to do, as a command.
    package let advice: String
    let mark: Mark
    /// Whether the file may hold a dump (packed, encrypted, encoded) or points to one.
    let mayHoldDump: Bool

    enum Mark: Sendable {
        /// One of these, at the start.
        case begins([[UInt8]])
        /// These, at an offset in bytes.
        case has([UInt8], at: Int)
        /// Text with this within its first kilobyte.
        case mentions(String)
        /// One of the ways in which a format shows that has more than a start.
        case form(@Sendable ([UInt8]) -> Bool)
    }

    func recognises(_ bytes: [UInt8]) -> Bool {
        switch mark {
        case .begins(let starts): starts.contains { bytes.starts(with: $0) }
        case .has(let part, let offset): bytes.dropFirst(offset).starts(with: part)
        case .mentions(let words): FileForm.isText(bytes, with: words)
        case .form(let isMet): isMet(bytes)
        }
    }

    /// - Parameter mayHoldDump: nil where the advice tells it.
    private init(_ what: String, _ advice: String, _ mark: Mark, mayHoldDump: Bool? = nil) {
        (self.what, self.advice, self.mark) = (what, advice, mark)
        self.mayHoldDump =
            mayHoldDump ?? [Self.unpack, Self.decompress].contains(advice) || advice.hasPrefix(Self.decryption)
    }

    private static func begins(_ texts: String...) -> Mark { .begins(texts.map { Array($0.utf8) }) }

    // MARK: Advice

    private static let unpack = "unpack it, and name the dump that is in it"
    private static let decompress = "decompress it, and name the result"
    private static let nameTheBackup = "name the backup itself"
    private static let otherDatabase = "name a backup of PostgreSQL"
    private static let nameTheDirectory = "name the data directory as a whole, or a dump"
    private static let nameWhatIsInIt = "mount it, and name the backup that is in it"

    private static let decryption = "name the command that decrypts it in \(PlanKey.backupDecrypt) of a plan"

    private static func decrypt(_ command: String) -> String { "\(decryption), such as \(command)" }

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
        KnownFile(
            "compressed by zlib", decompress, .begins([[0x78, 0x01], [0x78, 0x5E], [0x78, 0x9C], [0x78, 0xDA]])),
        KnownFile("compressed by lrzip", decompress, begins("LRZI\0")),
        KnownFile("a cabinet of Windows", unpack, begins("MSCF\0\0\0\0")),
        KnownFile("a file of cpio", unpack, .begins([Array("070701".utf8), Array("070702".utf8), [0xC7, 0x71]])),
        KnownFile("compressed by snappy", decompress, .has(Array("sNaPpY".utf8), at: 4)),
        KnownFile(
            "encrypted by age", decrypt("[age, --decrypt, --identity, KEY]"),
            begins(
                "age-encryption.org/", "-----BEGIN AGE ENCRYPTED FILE")),
        KnownFile(
            "encrypted or signed by gpg", decrypt("[gpg, --batch, --decrypt]"),
            begins("-----BEGIN PGP MESSAGE", "-----BEGIN PGP SIGNED MESSAGE")),
        KnownFile(
            "encrypted or signed by gpg", decrypt("[gpg, --batch, --decrypt]"), .form { OpenPGP(of: $0) == .message }),
        KnownFile(
            "a signature of gpg, without what was signed", "name the backup, beside which the signature lies",
            begins("-----BEGIN PGP SIGNATURE")),
        KnownFile(
            "a signature of gpg, without what was signed", "name the backup, beside which the signature lies",
            .form { OpenPGP(of: $0) == .signature }),
        KnownFile(
            "encrypted by openssl", decrypt("[openssl, enc, -d, -aes-256-cbc, -pbkdf2, -pass, 'file:KEY']"),
            begins("Salted__", "U2FsdGVkX1")),
        KnownFile(
            "encrypted or signed by openssl smime or cms",
            decrypt("[openssl, cms, -decrypt, -inform, DER, -inkey, KEY]"), .form(FileForm.isCMS)),
        KnownFile(
            "encrypted or signed by openssl smime or cms, as PEM",
            decrypt("[openssl, cms, -decrypt, -inform, PEM, -inkey, KEY]"),
            begins("-----BEGIN CMS-----", "-----BEGIN PKCS7-----", "-----BEGIN PKCS #7")),
        KnownFile(
            "encrypted or signed by openssl smime or cms, as a mail",
            decrypt("[openssl, smime, -decrypt, -inkey, KEY]"), .mentions("pkcs7-")),
        KnownFile(
            "encrypted by ansible-vault", decrypt("[ansible-vault, decrypt, --output=-, /dev/stdin]"),
            begins("$ANSIBLE_VAULT;")),
        KnownFile(
            "encrypted by AES Crypt", decrypt("[aescrypt, -d, -k, KEY, -]"),
            .begins([[0x41, 0x45, 0x53, 1], [0x41, 0x45, 0x53, 2], [0x41, 0x45, 0x53, 3]])),
        KnownFile("encrypted by scrypt", decrypt("[scrypt, dec, '-', --passphrase, 'file:KEY']"), begins("scrypt\0")),
        KnownFile(
            "encrypted by rclone", "fetch it with rclone, which decrypts it", begins("RCLONE\0\0"), mayHoldDump: true),
        KnownFile(
            "a key or a certificate", nameTheBackup,
            begins("-----BEGIN ", "AGE-SECRET-KEY-", "ssh-", "PuTTY-User-Key-File", "untrusted comment: ")),
        KnownFile("a key or a certificate", nameTheBackup, .mentions("AGE-SECRET-KEY-")),
        KnownFile("a key or a certificate", nameTheBackup, .form { OpenPGP(of: $0) == .key }),
        KnownFile(
            "text in UTF-16 or UTF-32, as PowerShell's > writes it, which destroys an archive and changes a script",
            "dump again with pg_dump --file, or with cmd", .form(FileForm.isWideText), mayHoldDump: true),
        KnownFile(
            "a backup in base64", "decode it (base64 -d), and name the result",
            begins(
                "UEdETVA", "H4sI", "KLUv/", "/Td6WFo", "QlpoO", "LS0KLS0gUG9zdGdyZVNRTC", "LS0NCi0tIFBvc3RncmVTUUwg"),
            mayHoldDump: true),
        KnownFile(
            "a file of uuencode", "decode it (uudecode), and name the result",
            begins("begin 644 ", "begin 600 ", "begin-base64 "), mayHoldDump: true),
        KnownFile(
            "a dump in hexadecimal digits", "decode it (xxd -r -p), and name the result",
            begins("5047444d50", "5047444D50"), mayHoldDump: true),
        KnownFile(
            "a dump of MySQL or MariaDB", otherDatabase,
            begins(
                "-- MySQL dump", "-- MariaDB dump", "/*M!999999", "/*!", "-- phpMyAdmin SQL Dump", "mysqldump: ",
                "mariadb-dump: ")),
        KnownFile("a database of SQLite", otherDatabase, begins("SQLite format 3\0")),
        KnownFile("a database of DuckDB", otherDatabase, .has(Array("DUCK".utf8), at: 8)),
        KnownFile("a database of Microsoft Access", otherDatabase, .has(Array("Standard Jet DB".utf8), at: 4)),
        KnownFile("a database of Microsoft Access", otherDatabase, .has(Array("Standard ACE DB".utf8), at: 4)),
        KnownFile(
            "a file of MySQL or MariaDB", otherDatabase, .begins([[0xFE, 0xFE, 7], [0xFE, 0xFE, 8], [0xFE, 1, 0]])),
        KnownFile("a file of MySQL or MariaDB", otherDatabase, .form(FileForm.isInnoDB)),
        KnownFile("a file of Oracle", otherDatabase, .begins([[0, 0xA2, 0, 0], [0, 0x22, 0, 0]])),
        KnownFile("a database of SQL Server", otherDatabase, .begins([[1, 0x0F, 0, 0]])),
        KnownFile("a backup of Db2", otherDatabase, .has(Array("SQLUBRMEDHEAD".utf8), at: 0)),
        KnownFile("a database of LMDB", otherDatabase, .has([0xDE, 0xC0, 0xEF, 0xBE], at: 16)),
        KnownFile("a database of H2", otherDatabase, begins("H:2,block:", "-- H2 ")),
        KnownFile("a dump of SQLite", otherDatabase, begins("PRAGMA foreign_keys")),
        KnownFile("a dump of MongoDB", otherDatabase, .begins([[0x6D, 0xE2, 0x99, 0x81]])),
        KnownFile("a dump of Oracle", otherDatabase, .has(Array("EXPORT:V".utf8), at: 3)),
        KnownFile("a dump of Redis", otherDatabase, begins("REDIS0")),
        KnownFile("a backup of SQL Server", otherDatabase, begins("TAPE\0\0")),
        KnownFile("a backup of MySQL in xbstream", otherDatabase, begins("XBSTCK01")),
        KnownFile(
            "a pointer of Git LFS, and the file itself is not here", "fetch it (git lfs pull), and drill that",
            begins("version https://git-lfs.github.com/spec/"), mayHoldDump: true),
        KnownFile(
            "a pointer of git-annex, and the file itself is not here", "fetch it (git annex get), and drill that",
            begins("/annex/objects/"), mayHoldDump: true),
        KnownFile(
            "what macOS keeps beside a file, under its name with ._ in front", "name the file itself",
            .begins([[0, 5, 0x16, 7]])),
        KnownFile(
            "a file of the write-ahead log, which is no backup by itself",
            "name the base backup, and the directory of the log with --wal",
            .form(FileForm.isLogSegment)),
        KnownFile(
            "a file of a data directory, which is no backup by itself", nameTheDirectory, .form(FileForm.isRelation)),
        KnownFile(
            "the control file of a data directory, which is no backup by itself", nameTheDirectory,
            .form(FileForm.isControlFile)),
        KnownFile("a Parquet file", nameTheBackup, begins("PAR1")),
        KnownFile("a file of Avro", nameTheBackup, begins("Obj\u{1}")),
        KnownFile("a file of ORC", nameTheBackup, .begins([Array("ORC".utf8) + [8], Array("ORC".utf8) + [10]])),
        KnownFile("a file of Arrow", nameTheBackup, begins("ARROW1\0\0")),
        KnownFile("a file of HDF5", nameTheBackup, .begins([[0x89, 0x48, 0x44, 0x46]])),
        KnownFile(
            "an encrypted disk (LUKS)", "open it (cryptsetup), and name the backup that is in it",
            .begins([[0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE]])),
        KnownFile(
            "an image of a disk", nameWhatIsInIt,
            .begins([
                [0x51, 0x46, 0x49, 0xFB], Array("vhdxfile".utf8), Array("conectix".utf8), Array("KDMV".utf8),
                Array("XFSB\0".utf8), Array("hsqs".utf8),
            ])),
        KnownFile("an image of a disk", nameWhatIsInIt, .form(FileForm.isDiskImage)),
        KnownFile("a document of Microsoft Office", nameTheBackup, .begins([[0xD0, 0xCF, 0x11, 0xE0]])),
        KnownFile("a PDF file", nameTheBackup, begins("%PDF-")),
        KnownFile(
            "a picture", nameTheBackup,
            .begins([
                [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], Array("GIF8".utf8), [0x49, 0x49, 0x2A, 0],
                [0x4D, 0x4D, 0, 0x2A],
            ])),
        KnownFile(
            "a recording", nameTheBackup,
            .begins([Array("ID3".utf8) + [3], Array("ID3".utf8) + [4], Array("OggS\0".utf8), Array("fLaC".utf8)])),
        KnownFile("a recording", nameTheBackup, .has(Array("ftyp".utf8), at: 4)),
        KnownFile(
            "a program", nameTheBackup,
            .begins([
                [0x7F, 0x45, 0x4C, 0x46], [0x23, 0x21, 0x2F], [0x4D, 0x5A, 0x90, 0], [0xCA, 0xFE, 0xBA, 0xBE],
                [0xCF, 0xFA, 0xED, 0xFE],
            ])),
        KnownFile("a package of RPM", nameTheBackup, .begins([[0xED, 0xAB, 0xEE, 0xDB]])),
        KnownFile("a package of Debian, or a library", nameTheBackup, begins("!<arch>\n")),
    ]
}
