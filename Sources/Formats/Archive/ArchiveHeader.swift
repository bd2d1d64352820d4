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
