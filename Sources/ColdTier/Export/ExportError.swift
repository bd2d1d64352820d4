import Postgres
import SystemPackage

/// Why an export was not made, or ended before it wrote its manifest.
package enum ExportError: Error, Sendable, Equatable {
    // What was asked for cannot be done: the plan or the command is wrong.
    case noTable(TableName, database: String)
    case notATable(TableName, kind: String)
    case foreignPartition(TableName, of: TableName)
    case noColumn(String, of: TableName)
    case notATimeColumn(String, of: TableName, type: String)
    case badTime(String, reason: String)
    case tableTwice(TableName)
    /// Columns that can only be stored as text, where that was not allowed; each with its slice and the reason.
    case fallbacks([String])
    /// The place holds something that is not this export; the difference in words.
    case otherExport(location: String, difference: String)

    // The machine or the database prevented the export.
    case mayNotRead(TableName)
    case inUse(FilePath)
    case workspace(FilePath, reason: String)
    /// The database's encoding does not say which characters its bytes are.
    case encoding(String)

    /// True if the plan or the command is wrong; false if the machine or the database is the cause.
    package var isMistake: Bool {
        switch self {
        case .noTable, .notATable, .foreignPartition, .noColumn, .notATimeColumn, .badTime, .tableTwice, .fallbacks,
            .otherExport:
            true
        case .mayNotRead, .inUse, .workspace, .encoding: false
        }
    }
}

extension ExportError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTable(let table, let database):
            "there is no table \(table) in the database \(database); write schema.table where it is not in public"
        case .notATable(let table, let kind):
            "\(table) is \(kind): only tables can be exported, partitioned ones included"
        case .foreignPartition(let partition, let table):
            "\(partition), a part of \(table), is a foreign table: its rows are elsewhere and in no snapshot of ours. Export it where it is."
        case .noColumn(let column, let table): "\(table) has no column \(column)"
        case .notATimeColumn(let column, let table, let type):
            "the column \(column) of \(table) is of type \(type): the column must be a timestamp (with or without time zone) or a date"
        case .badTime(let text, let reason): "“\(text)” is no time that the database knows: \(reason)"
        case .tableTwice(let table): "\(table) is to be exported twice; a table has one time column"
        case .fallbacks(let columns):
            """
            strict types were asked for, and these columns could only be stored as text: \(columns.prefix(10).joined(separator: "; "))\(columns.count > 10 ? "; and \(columns.count - 10) more" : ""). Nothing was written. Export without strict types, or see to these values
            """
        case .otherExport(let location, let difference):
            "\(location) holds another export: \(difference). Export to another place, or with the same settings."
        case .mayNotRead(let table):
            "this role may not read \(table): GRANT SELECT ON \(table.sql), and where it has row-level security, BYPASSRLS"
        case .inUse(let directory):
            "another export is writing here: it holds the lock in \(directory). Wait for it, or stop it."
        case .workspace(let path, let reason): "cannot use \(path): \(reason)"
        case .encoding(let name):
            "the database is encoded in \(name), which says nothing of what its bytes mean: they cannot be exported as UTF-8"
        }
    }
}
