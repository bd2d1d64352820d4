/// The version of an archive's format, which is not that of the server. 1.10 came with PostgreSQL 8.0, 1.14 with 12,
/// 1.15 with 16 and 1.16 with 17.
package struct ArchiveVersion: Sendable, Hashable, Comparable {
    package let major: UInt8
    package let minor: UInt8
    package let revision: UInt8

    package init(major: UInt8, minor: UInt8, revision: UInt8 = 0) {
        self.major = major
        self.minor = minor
        self.revision = revision
    }

    /// The oldest that is read.
    package static let oldest = ArchiveVersion(major: 1, minor: 10)
    /// The newest that is read, any revision of it.
    package static let newest = ArchiveVersion(major: 1, minor: 16)

    /// The first in which entries name their section.
    static let withSections = ArchiveVersion(major: 1, minor: 11)
    /// The first in which entries name a table access method.
    static let withTableAccessMethods = ArchiveVersion(major: 1, minor: 14)
    /// The first whose header names the algorithm that data is compressed with.
    static let withCompressionAlgorithm = ArchiveVersion(major: 1, minor: 15)
    /// The first in which entries tell the kind of relation.
    static let withRelationKinds = ArchiveVersion(major: 1, minor: 16)

    package static func < (one: ArchiveVersion, other: ArchiveVersion) -> Bool {
        (one.major, one.minor, one.revision) < (other.major, other.minor, other.revision)
    }
}

extension ArchiveVersion: CustomStringConvertible {
    /// As `pg_restore --list` prints it: `1.16-0`.
    package var description: String { "\(major).\(minor)-\(revision)" }
}
