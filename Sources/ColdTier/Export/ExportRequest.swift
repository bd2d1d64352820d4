import Evidence
import Postgres
import SystemPackage

/// What is to be exported, and how.
package struct ExportRequest: Sendable {
    /// The plan's name, or one made up for what was asked by hand.
    package var plan: String
    package var tables: [Table]
    package var layout: ExportLayout
    package var slicing: ExportManifest.Slicing
    package var compression: ExportManifest.Compression
    /// Threads of zstd beside each connection's own; 0 compresses in the thread that reads.
    package var workers: Int
    /// Connections that read at the same time.
    package var jobs: Int
    /// At most so many bytes a second are read from the database; nil for as fast as it goes.
    package var rate: Int64?
    /// Each statement, and each piece of a COPY, at most this long.
    package var deadline: Duration
    /// A directory, or `s3://bucket/prefix`.
    package var output: String
    package var objectLock: ObjectLock?
    /// Nil leaves the manifest unsigned, and it says so.
    package var key: (any Signer)?
    package var toolVersion: String

    package init(
        plan: String, tables: [Table], layout: ExportLayout = .csv,
        slicing: ExportManifest.Slicing = .init(by: .month, timeZone: "UTC"),
        compression: ExportManifest.Compression = .standard, workers: Int = 0, jobs: Int, rate: Int64? = nil,
        deadline: Duration = .seconds(3600), output: String, objectLock: ObjectLock? = nil, key: (any Signer)?,
        toolVersion: String
    ) {
        self.plan = plan
        self.tables = tables
        self.layout = layout
        self.slicing = slicing
        self.compression = compression
        self.workers = workers
        self.jobs = jobs
        self.rate = rate
        self.deadline = deadline
        self.output = output
        self.objectLock = objectLock
        self.key = key
        self.toolVersion = toolVersion
    }

    /// One table, and which of its rows are cold.
    package struct Table: Sendable, Equatable {
        package var name: TableName
        package var timeColumn: String
        package var cutoff: Cutoff

        package init(name: TableName, timeColumn: String, cutoff: Cutoff) {
            self.name = name
            self.timeColumn = timeColumn
            self.cutoff = cutoff
        }
    }

    /// Before when rows are cold. A period that is cold only in part stays where it is.
    package enum Cutoff: Sendable, Equatable {
        /// Rows older than this, counted back from now by the calendar of the slicing's time zone.
        case olderThan(CalendarSpan)
        /// Rows before a moment, as PostgreSQL reads one, in the slicing's time zone where it names none.
        case before(String)
    }
}

/// A length of time by the calendar: two years are two years, leap days or not.
package struct CalendarSpan: Sendable, Equatable, CustomStringConvertible {
    package var count: Int
    package var unit: Unit

    package enum Unit: String, Sendable, CaseIterable {
        case days = "d"
        case weeks = "w"
        case months = "mo"
        case years = "y"
    }

    /// Reads `2y`, `18mo`, `6w` or `90d`.
    /// - Returns: nil when it is none, nothing at all, or longer than a thousand years.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{1,6})(d|w|mo|y)/), let count = Int(match.1),
            let unit = Unit(rawValue: String(match.2))
        else { return nil }
        let days = [Unit.days: 1, .weeks: 7, .months: 30, .years: 365][unit]!
        guard count > 0, count * days <= 365_000 else { return nil }
        self.count = count
        self.unit = unit
    }

    package var description: String { "\(count)\(unit.rawValue)" }

    /// As PostgreSQL reads an interval.
    var interval: String { "\(count) \(unit)" }
}

extension ExportManifest.Compression {
    /// What `docs/decisions` says why of.
    package static let standard = ExportManifest.Compression(
        level: 1, longDistanceMatching: false, rowGroupBytes: 8 << 20)

    /// How large a row group may be, in bytes: a seek decodes one, and a decoder's memory holds as much.
    package static let rowGroups: ClosedRange<Int64> = 64 << 10...128 << 20
}
