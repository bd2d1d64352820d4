import Findings
import Manifest
import Postgres
import SystemPackage

/// Why nothing was captured.
package enum CaptureError: Error, Sendable, Equatable {
    // The command is wrong.
    case alreadyThere(FilePath)
    case noDirectory(FilePath)
    case nothingThere(FilePath)
    case notABaseBackup(FilePath)
    case ownArgument(String)
    case unknownTables([TableName], database: String)

    // The machine or the database prevented it.
    case noProgram(wanted: Int)
    case programNotRun(FilePath, reason: String)
    case tooOldProgram(FilePath, version: String, server: String)
    case tooOldServer(String)
    case dumpFailed(program: String, reason: String)
    case dumpUnreadable(reason: String)
    case rowsHidden(TableName)
    case conflict(reason: String)
    case tooLarge(Int)
    case unwritable(FilePath, reason: String)

    /// True if the command must be corrected; false if the machine or the database is the cause.
    package var isMistake: Bool {
        switch self {
        case .alreadyThere, .noDirectory, .nothingThere, .notABaseBackup, .ownArgument, .unknownTables: true
        default: false
        }
    }
}

extension CaptureError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .alreadyThere(let path):
            "\(path) is there already, and nothing is overwritten. Name another file with --output, or move this one away."
        case .noDirectory(let path):
            "there is no directory \(path) to write to. Make it, or name another file with --output."
        case .nothingThere(let path):
            "there is nothing at \(path). To make a dump there, give pg_dump's arguments behind two dashes: -- --format=custom. "
                + "Without them, the manifest of a base backup is taken, and --output names the base backup."
        case .notABaseBackup(let path):
            "\(path) is no base backup. The manifest of a dump is taken while it is made: give pg_dump's arguments behind two dashes, "
                + "and with --output a file that is not there yet."
        case .ownArgument(let argument):
            "pg_dump gets \(argument) from this command: leave it out. --database says where to connect, --output where the dump goes."
        case .unknownTables(let tables, let database):
            "the database \(database) has no table \(firstOf(tables.map(\.description))); write schema.table where it is not in public."
        case .noProgram(let wanted):
            "there is no pg_dump of PostgreSQL \(wanted) or later on this machine. Install the client programs of the server's version, or name "
                + "one with --pg-dump."
        case .programNotRun(let path, let reason): "\(path) cannot be run: \(reason)."
        case .tooOldProgram(let path, let version, let server):
            "\(path) is of PostgreSQL \(version), older than the server, \(server): it cannot dump it. Name a newer one with --pg-dump."
        case .tooOldServer(let version):
            "the server is of PostgreSQL \(version); a manifest can be taken from PostgreSQL 12 on."
        case .dumpFailed(let program, let reason):
            "\(program) failed, so there is neither a dump nor a manifest: \(reason)\(Self.advice(reason))"
        case .dumpUnreadable(let reason):
            "pg_dump ended without an error, and what it wrote cannot be read, so it was removed: \(reason)"
        case .rowsHidden(let table):
            "row-level security hides rows of \(table) from this role, and no dump of it would be whole: use a role with BYPASSRLS, or leave the "
                + "table out with --exclude-table and --tables."
        case .conflict(let reason):
            "the replica cancelled a statement that stood in the way of replaying the log (\(reason)). Raise max_standby_streaming_delay or set "
                + "hot_standby_feedback there, or capture at the primary."
        case .tooLarge(let bytes):
            "the manifest takes \(HumanUnits.bytes(Int64(bytes))), more than the \(HumanUnits.bytes(Int64(ManifestFile.largest))) that are read "
                + "again. Name fewer tables with --tables."
        case .unwritable(let path, let reason):
            "\(path) cannot be written: \(reason). Nothing is left of this capture.\(Self.advice(reason))"
        }
    }

    /// What to do where a disk is full, as PostgreSQL and the system say it in English.
    private static func advice(_ reason: String) -> String {
        let isFull = ["No space left on device", "Disk quota exceeded"].contains { reason.contains($0) }
        return isFull ? " Make room there, or name another disk with --output." : ""
    }
}
