import Evidence
import Foundation
import Postgres
import Storage
import SystemPackage

/// What is to be exported, and how.
package struct ExportRequest: Sendable {
    /// The plan's name, or a name made up for an export without a plan.
    package var plan: String
    package var tables: [Table]
    package var layout: ExportLayout
    /// Refuses to store a column as text because Parquet's type cannot hold each of its values.
    package var strictTypes: Bool
    package var slicing: ExportManifest.Slicing
    package var compression: ExportManifest.Compression
    /// Threads of zstd in addition to each connection's own thread; 0 compresses in the thread that reads.
    package var workers: Int
    /// Connections that read at the same time.
    package var jobs: Int
    /// How many bytes a second may be read from the database; nil means no limit.
    package var rate: Int64?
    /// How long each statement, and each piece of a COPY, may take.
    package var deadline: Duration
    /// A directory, or `s3://bucket/prefix`.
    package var output: String
    package var objectLock: ObjectLock?
    /// If nil, the manifest is not signed, and says so.
    package var signer: (any Signer)?
    /// The keys whose manifest at the same place is gone on with, each at its time; nil for the signer's alone.
    package var ring: KeyRing?
    package var toolVersion: String
    /// The largest manifest that is written, in bytes: none that is larger is read.
    package var manifestLimit = Envelope.maximumSize

    package init(
        plan: String, tables: [Table], layout: ExportLayout = .csv, strictTypes: Bool = false,
        slicing: ExportManifest.Slicing = .init(by: .month, timeZone: "UTC"),
        compression: ExportManifest.Compression = .standard, workers: Int = 0, jobs: Int, rate: Int64? = nil,
        deadline: Duration = .seconds(3600), output: String, objectLock: ObjectLock? = nil, signer: (any Signer)?,
        toolVersion: String
    ) {
        self.plan = plan
        self.tables = tables
        self.layout = layout
        self.strictTypes = strictTypes
        self.slicing = slicing
        self.compression = compression
        self.workers = workers
        self.jobs = jobs
        self.rate = rate
        self.deadline = deadline
        self.output = output
        self.objectLock = objectLock
        self.signer = signer
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

    /// The time before which rows are cold. A period that is only partly cold is not exported.
    package enum Cutoff: Sendable, Equatable {
        /// Rows older than this, counted back from now by the calendar of the slicing's time zone.
        case olderThan(CalendarSpan)
        /// Rows before a moment, as PostgreSQL reads the text; in the slicing's time zone if the text names no zone.
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
    /// - Returns: nil if the text has another form, is zero, or is longer than a thousand years.
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

    /// The time that is so long before another one, by the calendar (UTC).
    package func before(_ time: Date) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let component: Calendar.Component =
            switch unit {
            case .days: .day
            case .weeks: .weekOfYear
            case .months: .month
            case .years: .year
            }
        return calendar.date(byAdding: component, value: -count, to: time) ?? .distantPast
    }

    /// The span in a form that PostgreSQL reads as an interval.
    var interval: String { "\(count) \(unit)" }
}

extension ExportManifest.Compression {
    /// The settings that `docs/decisions` gives the reasons for.
    package static let standard = ExportManifest.Compression(
        level: 1, longDistanceMatching: false, rowGroupBytes: 4 << 20)

    /// The allowed sizes of a row group, in bytes: a seek decodes one group, and a decoder needs that much memory.
    package static let rowGroups: ClosedRange<Int64> = 64 << 10...128 << 20
}
