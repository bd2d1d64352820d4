import Foundation
import Physical
import SystemPackage

/// How a physical backup is recovered: from which log, and how far.
package struct RecoverySetting: Sendable, Equatable {
    /// Where the server archived its log; nil uses only the log within the backup.
    package var archive: FilePath?
    package var target: RecoveryTarget = .latest
    /// True if a commit exactly at the target is still replayed.
    package var inclusive = true
    /// `latest`, `current`, or a number.
    package var timeline = "latest"
    /// True if somebody says that every file of a data directory without a backup label is of one moment.
    package var isSnapshot = false
    /// The database to check; nil takes the only one besides `postgres`.
    package var database: String?
    /// The databases to check, one after the other; nil where one is checked.
    package var databases: [DatabasePattern]?
    /// The superuser of the server that was backed up; nil takes the one that its files name.
    package var superuser: String?

    package init() {}

    /// Settings that make a server recover like that, and then go on as an independent server.
    var settings: [String: String] {
        var settings = [
            // Segments are laid out before the server starts. There is nothing to fetch, and no command that could
            // reach anything else.
            "restore_command": "/bin/false",
            "recovery_target_action": "promote", "recovery_target_timeline": timeline,
            "recovery_target_inclusive": inclusive ? "on" : "off",
        ]
        switch target {
        case .latest: break
        case .immediate: settings["recovery_target"] = "immediate"
        case .time(_, let time): settings["recovery_target_time"] = time
        case .position(let position): settings["recovery_target_lsn"] = position.description
        case .transaction(let transaction): settings["recovery_target_xid"] = String(transaction)
        case .restorePoint(let name): settings["recovery_target_name"] = name
        }
        return settings
    }
}

/// Where a recovery stops (PostgreSQL documentation, "Recovery Target").
package enum RecoveryTarget: Sendable, Equatable, CustomStringConvertible {
    /// Stops at the end of the log.
    case latest
    /// Stops as soon as the copy is consistent.
    case immediate
    /// A time, and the same time in UTC as the server gets it.
    case time(Date, utc: String)
    case position(LogPosition)
    case transaction(UInt64)
    /// The name that was given to `pg_create_restore_point()`.
    case restorePoint(String)

    package var description: String {
        switch self {
        case .latest: "the end of the log"
        case .immediate: "the end of the backup"
        case .time(_, let time): "the time \(time)"
        case .position(let position): "the position \(position)"
        case .transaction(let transaction): "the transaction \(transaction)"
        case .restorePoint(let name): "the restore point \(name)"
        }
    }
}

/// The given recovery target is not valid.
package struct RecoveryTargetError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

extension RecoveryTarget {
    /// - Parameter time: in ISO 8601, with a zone: `2026-11-25 14:30:00.5+01`. Without a zone it could be hours off.
    package init(time: String) throws(RecoveryTargetError) {
        let form = /(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::(\d\d(?:\.\d{1,6})?))?\s?(?:Z|UTC|GMT|([+-]\d\d)(?::?(\d\d))?)/
        guard let match = time.wholeMatch(of: form),
            let minute = try? Date(
                "\(match.1)T\(match.2):00\(match.4.map { "\($0):\(match.5 ?? "00")" } ?? "Z")", strategy: .iso8601)
        else {
            throw RecoveryTargetError(
                description: "a time to recover to has a date, a time and a zone, such as 2026-11-25 14:30:00+01")
        }
        let seconds = match.3.map(String.init) ?? "00"
        let format = Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day().time(
            includingFractionalSeconds: false)
        self = .time(minute + (Double(seconds) ?? 0), utc: "\(minute.formatted(format).prefix(16)):\(seconds)+00")
    }

    package init(position: String) throws(RecoveryTargetError) {
        guard let position = LogPosition(position) else {
            throw RecoveryTargetError(
                description: "a position in the log is two hexadecimal numbers, such as 16/B374D848")
        }
        self = .position(position)
    }

    package init(transaction: String) throws(RecoveryTargetError) {
        guard let number = UInt64(transaction), number >= 3 else {
            throw RecoveryTargetError(
                description: "a transaction is a number from 3 on, as pg_current_xact_id() gives it")
        }
        self = .transaction(number)
    }

    package init(restorePoint: String) throws(RecoveryTargetError) {
        // The limit is the server's MAXFNAMELEN.
        guard (1...63).contains(restorePoint.utf8.count), !restorePoint.contains(where: \.isNewline) else {
            throw RecoveryTargetError(description: "the name of a restore point has up to 63 bytes, on one line")
        }
        self = .restorePoint(restorePoint)
    }
}
