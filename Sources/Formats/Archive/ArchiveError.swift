import Causes
import Compression
import Files
import SystemPackage

/// Why a dump could not be read.
package enum ArchiveError: Error, Equatable, Sendable {
    /// There is nothing at the path.
    case missing(FilePath)
    /// The system does not let us read it.
    case unreadable(FilePath, Errno)
    /// An empty file. A `pg_dump` that fails at once leaves one behind.
    case empty(FilePath)
    /// A directory that is not a dump, because it has no `toc.dat`.
    case directoryWithoutContents(FilePath)
    /// Something that is not a dump; `looksLike` completes "it looks like …".
    case notADump(FilePath, looksLike: String)
    /// The file ends at `offset`, in bytes, within `reading`.
    case truncated(FilePath, offset: Int64, reading: String)
    /// The bytes that start at `offset` (in bytes) break the format.
    case malformed(FilePath, offset: Int64, problem: String)
    /// An archive of a version that this program does not read.
    case unsupportedVersion(FilePath, ArchiveVersion)
    /// The table of contents has so many entries, more than this program reads (``TableOfContents/largest``).
    case tooManyEntries(FilePath, Int)
    /// The compression around the dump, or around one of its files, does not decode.
    case undecodable(FilePath, DecompressionError)
    /// Somebody wrote to it, or put another file in its place, since it was opened.
    case changed(FilePath)
    /// It is reached through a link that is not followed.
    case notAllowed(FileError)

    /// Whether the backup is bad, in contrast to: it was not found, not readable, or too new for this program.
    package var isBackupAtFault: Bool { cause(of: state).cause == .backup }

    /// The name of this error in the table of causes.
    package var state: DrillState {
        switch self {
        case .missing: .archiveMissing
        case .unreadable, .notAllowed: .archiveUnreadable
        case .changed: .archiveChanged
        case .unsupportedVersion: .archiveOfUnknownVersion
        case .undecodable(_, .outOfMemory), .tooManyEntries: .archiveNeedsMemory
        case .empty: .archiveEmpty
        case .directoryWithoutContents: .archiveWithoutContents
        case .notADump: .archiveOfAnotherKind
        case .truncated: .archiveCut
        case .malformed: .archiveMalformed
        case .undecodable: .archiveUndecodable
        }
    }

    package var path: FilePath {
        switch self {
        case .missing(let path), .unreadable(let path, _), .empty(let path), .directoryWithoutContents(let path),
            .notADump(let path, _), .truncated(let path, _, _), .malformed(let path, _, _),
            .unsupportedVersion(let path, _), .undecodable(let path, _), .tooManyEntries(let path, _),
            .changed(let path):
            path
        case .notAllowed(let error): error.path
        }
    }
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let path):
            "there is nothing at \(path); check the path, and that the storage it is on is mounted"
        case .unreadable(let path, let errno):
            "\(path) cannot be read: \(errno); check who may read it, and the storage it is on"
        case .empty(let path):
            "\(path) is empty: the backup job wrote nothing; look at its log, and take the backup again"
        case .directoryWithoutContents(let path):
            "\(path) is a directory without a toc.dat, so it is no directory dump; "
                + "name the dump itself (of a directory full of dumps, 'DIRECTORY/*'), or take the backup again"
        case .notADump(let path, let looksLike):
            "\(path) is not a dump of PostgreSQL: it looks like \(looksLike)"
        case .truncated(let path, let offset, let reading):
            "\(path) ends at byte \(offset), while reading \(reading): it was cut off; "
                + "fetch it again, or use another backup"
        case .malformed(let path, let offset, let problem):
            "\(path) is damaged at byte \(offset): \(problem); fetch it again, or use another backup"
        case .unsupportedVersion(let path, let version):
            version > .newest
                ? "\(path) is an archive of version \(version), and \(ArchiveVersion.newest) is the newest "
                    + "this program reads; use a newer release of it"
                : "\(path) is an archive of version \(version), and \(ArchiveVersion.oldest) (PostgreSQL 8.0) is "
                    + "the oldest this program reads"
        case .tooManyEntries(let path, let count):
            "the table of contents of \(path) has \(count) entries, and more than "
                + "\(TableOfContents.largest.entries), or than \(TableOfContents.largest.bytes >> 20) MiB of them, are not "
                + "read, so that they do not fill this machine's memory; nothing is known of the backup. Dump the database "
                + "in parts, schema by schema"
        case .changed(let path):
            "\(path) changed while it was read; drill it again when whatever writes to it has ended"
        case .notAllowed(let error): error.description
        case .undecodable(let path, let error):
            "\(path) cannot be decompressed: \(error); fetch it again, or use another backup"
        }
    }
}
