import Foundation
import Postgres

/// The newest time in each time column that is looked at.
struct Freshness {
    struct Newest: Sendable {
        /// The newest value that is not later than the backup; nil where there is none.
        var time: Date?
        /// Rows whose value is later than the backup.
        var later: Int64
    }

    /// By column; a partitioned table's under its root.
    private(set) var columns: [ColumnName: Result<Newest, PostgresError>] = [:]
    /// By table: looking for a table's columns among all would take the square of the time.
    private var newest: [TableName: Date] = [:]
    private let backupTime: Date?

    /// Rows that were written while the dump began may carry a time a little after the header's.
    private static let tolerance = 900.0

    /// The time columns of a table that are named in an expectation or, where no column is named at all, that an index begins
    /// with.
    static func columns(of table: Table, in context: CheckContext) -> [Column] {
        let root = context.catalogue.root(of: table)
        let named = context.expectations.of(FreshnessCheck.self).names()
        return table.columns.filter { column in
            guard column.isTime else { return false }
            if !named.isEmpty { return named.contains(ColumnName(table: root.name, name: column.name)) }
            return column.isIndexed || root.columns.contains { $0.name == column.name && $0.isIndexed }
        }
    }

    /// The newest time that is not later than the backup, in seconds since 1970; and how many rows are later.
    static func questions(
        about column: Column, backupTime: Date?
    ) -> (newest: ScanQuestion, later: ScanQuestion) {
        // The session's time zone is the backup clock's, so a cast reads zoneless columns in that zone.
        // Dates reach farther than timestamptz does, and a cast would fail on those: they are read as its first or last.
        let time =
            column.type == "timestamp with time zone"
            ? column.sql : "greatest(least(\(column.sql), '294276-12-30'), '4713-01-02 BC')::timestamptz"
        let limit = backupTime.map { "to_timestamp(\($0.timeIntervalSince1970 + tolerance))" } ?? "'infinity'"
        let finite = "isfinite(\(column.sql))"
        return (
            ScanQuestion(
                aggregate: "extract(epoch FROM max(\(time)) FILTER (WHERE \(finite) AND \(time) <= \(limit)))"),
            ScanQuestion(aggregate: "count(*) FILTER (WHERE \(finite) AND \(time) > \(limit))")
        )
    }

    init(in context: CheckContext, _ answers: ScanAnswers) {
        backupTime = context.backupTime
        for table in context.catalogue.tables where !table.isPartition {
            for column in Self.columns(of: table, in: context) {
                let leaves = context.catalogue.leaves(of: table)
                let ask = Self.questions(about: column, backupTime: context.backupTime)
                let found = Result { () throws(PostgresError) in
                    var newest = Newest(time: nil, later: 0)
                    for leaf in leaves {
                        if let seconds = try answers.number(ask.newest, of: leaf, as: Double.self) {
                            newest.time = max(newest.time ?? .distantPast, Date(timeIntervalSince1970: seconds))
                        }
                        newest.later += try answers.number(ask.later, of: leaf) ?? 0
                    }
                    return newest
                }
                columns[ColumnName(table: table.name, name: column.name)] = found
                if let time = try? found.get().time {
                    newest[table.name] = max(newest[table.name] ?? .distantPast, time)
                }
            }
        }
    }

    /// The newest time in the whole database.
    var newestOfAll: Date? { newest.values.max() }

    /// Seconds from the newest row of the whole database to the backup.
    var newestBeforeBackup: Double? {
        guard let backupTime, let newest = newestOfAll else { return nil }
        return max(0, backupTime.timeIntervalSince(newest))
    }

    /// The newest time in a table, ISO 8601.
    func newest(of table: Table) -> String? {
        newest[table.name].map(iso)
    }
}

/// UTC with whole seconds.
func iso(_ date: Date) -> String { date.formatted(.iso8601) }
