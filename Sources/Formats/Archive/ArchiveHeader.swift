import Compression

/// What an archive says about itself before its table of contents.
package struct ArchiveHeader: Sendable, Hashable {
    package let version: ArchiveVersion
    /// Bytes in an integer of this archive, without its sign byte: 1…8, 4 on every known platform.
    package let intSize: Int
    /// Bytes in a file offset of this archive: 1…8.
    package let offsetSize: Int
    /// What the header says: `tar` also for a directory's `toc.dat`.
    package let format: DumpFormat
    /// How table data is compressed. The `gzip` of a custom archive means zlib streams.
    package let compression: CompressionAlgorithm
    package let created: LocalTime
    /// The name of the database as `pg_dump` was connected to it.
    package let databaseName: String?
    /// Such as `15.18 (Debian 15.18-0+deb12u1)`.
    package let serverVersion: String?
    /// The version of the `pg_dump` that wrote the archive, in the same form.
    package let dumpVersion: String?
}

extension ArchiveHeader {
    /// The first bytes of every archive.
    static let magic = Array("PGDMP".utf8)

    /// Where the format stands: behind the version, and the sizes of integers and offsets.
    static let formatOffset = 10

    /// Reads the header that a custom archive and every `toc.dat` start with (`ReadHead` of `pg_backup_archiver.c`).
    ///
    /// Sets the sizes of integers and offsets in the cursor.
    ///
    /// - Parameter formats: the formats that the header may name.
    init(from cursor: inout ArchiveCursor, formats: Set<DumpFormat>) throws(ArchiveError) {
        let magic = try cursor.bytes(Self.magic.count, "the magic bytes of the archive")
        guard magic == Self.magic else { throw cursor.malformed(at: 0, "it does not start with PGDMP") }
        version = ArchiveVersion(
            major: try cursor.byte("the version of the archive"), minor: try cursor.byte("the version of the archive"),
            revision: try cursor.byte("the version of the archive"))
        guard version >= .oldest, (version.major, version.minor) <= (1, ArchiveVersion.newest.minor) else {
            throw .unsupportedVersion(cursor.path, version)
        }
        intSize = try cursor.size("the size of integers")
        offsetSize = try cursor.size("the size of file offsets")
        cursor.intSize = intSize
        cursor.offsetSize = offsetSize
        let formatOffset = cursor.offset
        guard let format = Self.formats[try cursor.byte("the format of the archive")], formats.contains(format) else {
            throw cursor.malformed(at: formatOffset, "the format of the archive is not what its place asks for")
        }
        self.format = format
        compression = try cursor.compression(version)
        created = try cursor.localTime()
        databaseName = try cursor.string("the name of the database")
        serverVersion = try cursor.string("the version of the server")
        dumpVersion = try cursor.string("the version of pg_dump")
    }

    /// `ArchiveFormat` of `pg_backup.h`. The `toc.dat` of a directory says tar too; the place of the file decides
    /// between the two.
    private static let formats: [UInt8: DumpFormat] = [1: .custom, 3: .tar]
}

extension ArchiveCursor {
    fileprivate mutating func size(_ what: String) throws(ArchiveError) -> Int {
        let start = offset
        let size = Int(try byte(what))
        guard 1...8 ~= size else { throw malformed(at: start, "\(what) is \(size) bytes") }
        return size
    }

    fileprivate mutating func compression(_ version: ArchiveVersion) throws(ArchiveError) -> CompressionAlgorithm {
        guard version >= .withCompressionAlgorithm else {
            // A level: -1 is zlib's default.
            return try int("the compression level", in: -1...9) == 0 ? .none : .gzip
        }
        let start = offset
        let algorithm = try byte("the compression algorithm")
        let known: [CompressionAlgorithm] = [.none, .gzip, .lz4, .zstd]
        guard known.indices.contains(Int(algorithm)) else {
            throw malformed(at: start, "compression algorithm \(algorithm) is not known")
        }
        return known[Int(algorithm)]
    }

    fileprivate mutating func localTime() throws(ArchiveError) -> LocalTime {
        let start = offset
        let fields = -9999...9999
        // Swift evaluates arguments from left to right, and this is the order of C's `struct tm`.
        let time = LocalTime(
            second: try int("the second of its creation", in: fields),
            minute: try int("the minute of its creation", in: fields),
            hour: try int("the hour of its creation", in: fields),
            day: try int("the day of its creation", in: fields),
            month: try int("the month of its creation", in: fields) + 1,
            year: try int("the year of its creation", in: fields) + 1900,
            isDST: try int("the daylight saving flag", in: fields))
        guard let time else { throw malformed(at: start, "the time of its creation is not a time") }
        return time
    }
}
