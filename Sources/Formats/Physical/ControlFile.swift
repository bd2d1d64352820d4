import CIsal
import Files
import Foundation

/// What `global/pg_control` says of a server (`ControlFileData` in `pg_control.h`, the same from PostgreSQL 12 to 18 as far as it
/// is read here).
package struct ControlFile: Sendable {
    package static let fileName = "global/pg_control"

    package let systemIdentifier: UInt64
    package let state: State
    /// Where the latest checkpoint is written in the log.
    package let checkpoint: LogPosition
    /// Where replay begins if nothing else says so.
    package let redo: LogPosition
    package let timeline: UInt32
    /// Of the latest checkpoint, to the second.
    package let checkpointTime: Date
    /// The copy of a standby is not consistent before this position; 0/0 for another server.
    package let minimumRecovery: LogPosition
    /// A server does not start if this setting is lower than its number of prepared transactions.
    package let maxPreparedTransactions: UInt32
    /// Bytes of a page of the log.
    package let logPageSize: UInt32
    /// Bytes of a segment of the log.
    package let segmentSize: UInt64
    /// Whether pages have checksums, and the sizes of pages and files are those of every packaged PostgreSQL.
    package let hasChecksums: Bool

    /// "Database cluster state", with the words of `pg_controldata`.
    package enum State: UInt32, Sendable, CustomStringConvertible {
        case startingUp, shutDown, shutDownInRecovery, shuttingDown, inCrashRecovery, inArchiveRecovery, inProduction

        package var description: String {
            switch self {
            case .startingUp: "starting up"
            case .shutDown: "shut down"
            case .shutDownInRecovery: "shut down in recovery"
            case .shuttingDown: "shutting down"
            case .inCrashRecovery: "in crash recovery"
            case .inArchiveRecovery: "in archive recovery"
            case .inProduction: "in production"
            }
        }
    }

    /// - Throws: ``ControlFileError``; ``Files/FileError`` where it cannot be read.
    package init(of directory: DataDirectory) throws {
        guard let file = directory.tree.file("global/pg_control") else { throw ControlFileError.noFile }
        try self.init(try file.head(Self.size), majorVersion: directory.majorVersion)
    }

    /// How many bytes are read. The file has zeros behind them.
    static let size = 512

    /// - Parameters:
    ///   - bytes: the beginning of the file.
    ///   - majorVersion: what `PG_VERSION` beside it says.
    init(_ bytes: [UInt8], majorVersion: Int) throws(ControlFileError) {
        guard let version = Self.versions[majorVersion] else { throw .unknownVersion(majorVersion) }
        func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
            bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
        }
        let checksum = version >= 1800 ? 292 : 288
        guard bytes.count >= checksum + 4 else { throw .short(bytes.count) }
        var stored = bytes
        let computed = stored.withUnsafeMutableBytes { buffer in
            ~crc32_iscsi(buffer.baseAddress!.assumingMemoryBound(to: UInt8.self), Int32(checksum), .max)
        }
        guard number(at: checksum) == computed else { throw .checksum }
        let own: UInt32 = number(at: 8)
        guard own == version else { throw .otherVersion(own, expected: version) }
        guard let state = State(rawValue: number(at: 16)) else { throw .value("the state of the server") }
        self.state = state
        systemIdentifier = number(at: 0)
        checkpoint = LogPosition(number(at: 32))
        redo = LogPosition(number(at: 40))
        timeline = number(at: 48)
        checkpointTime = Date(timeIntervalSince1970: Double(number(at: 104, as: Int64.self)))
        minimumRecovery = LogPosition(number(at: 136))
        maxPreparedTransactions = number(at: 192)
        logPageSize = number(at: 224)
        segmentSize = UInt64(number(at: 228, as: UInt32.self))
        guard LogSegment.sizes.contains(segmentSize), segmentSize.nonzeroBitCount == 1 else {
            throw .value("the size of a segment of the log")
        }
        guard (1024...65536).contains(logPageSize), logPageSize.nonzeroBitCount == 1 else {
            throw .value("the size of a page of the log")
        }
        let (page, pages) = (number(at: 216, as: UInt32.self), number(at: 220, as: UInt32.self))
        hasChecksums =
            number(at: 252, as: UInt32.self) > 0 && page == PageChecksum.pageSize
            && pages == RelationFile.blocksPerSegment
    }

    /// `PG_CONTROL_VERSION` of each release.
    private static let versions: [Int: UInt32] = [12: 1201, 13: 1300, 14: 1300, 15: 1300, 16: 1300, 17: 1700, 18: 1800]
}

/// Why `global/pg_control` cannot be used; without it, nothing else of a data directory can be used.
package enum ControlFileError: Error, Sendable, Equatable, CustomStringConvertible {
    case noFile
    case short(Int)
    case checksum
    case otherVersion(UInt32, expected: UInt32)
    case value(String)
    /// A release of PostgreSQL whose file is not known here: nothing is wrong with it.
    case unknownVersion(Int)

    package var description: String {
        switch self {
        case .noFile: "it is no regular file"
        case .short(let count): "it has only \(count) bytes"
        case .checksum: "its checksum is wrong"
        case .otherVersion(let own, let expected):
            "it is of the version \(own), and the PostgreSQL that PG_VERSION names writes \(expected)"
        case .value(let what): "\(what) in it is not a valid value"
        case .unknownVersion(let major):
            "this release of pgassay does not read the control file of PostgreSQL \(major), only those of 12 to 18"
        }
    }
}
