import Postgres

/// Why nothing was rewritten, or why a rewrite ended before it signed its manifest. It never quotes keys.
package enum RewriteError: Error, Sendable, Equatable {
    // What was asked for cannot be done.
    case noTable(TableName, location: String)
    /// A slice's rows have no primary key, or not the columns of the table's newest one.
    case noKey(TableName, slice: String)
    /// A line of the file is no key of the table; what is wrong with it.
    case line(Int, TableName, reason: String)
    case noKeys
    /// The export would be signed by another key than before.
    case otherKey
    /// An export into the place was not finished.
    case unfinishedExport(location: String)
    /// A rewrite of other rows was not finished.
    case otherRewrite(location: String)

    // The export is not what was signed.
    case damaged(file: String, reason: String)

    // The machine, or the storage.
    case unproven(file: String, reason: String)

    /// True if the command is wrong.
    package var isMistake: Bool {
        switch self {
        case .noTable, .noKey, .line, .noKeys, .otherKey, .unfinishedExport, .otherRewrite: true
        case .damaged, .unproven: false
        }
    }
}

extension RewriteError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noTable(let table, let location):
            "the export in \(location) has no table \(table); write schema.table where it is not in public"
        case .noKey(let table, let slice):
            "\(table) had no such primary key when \(slice) was exported, so rows of it cannot be found by it. Nothing was changed"
        case .line(let number, let table, let reason):
            "line \(number) of the list is no primary key of \(table): \(reason). Nothing was changed"
        case .noKeys: "the list has no keys: it has one a line"
        case .otherKey:
            "the export was signed by another key than the one that would sign it now: its readers would not trust it. Use the same key; after keys rotate, name the directory of the reports with the history of the keys (--reports)"
        case .unfinishedExport(let location):
            "an export to \(location) was started and not finished: run it again first, then this"
        case .otherRewrite(let location):
            "in \(location), erasing other rows was started and not finished: run that again first, with the same list"
        case .damaged(let file, let reason):
            "\(file) is not what was exported: \(reason). Nothing was changed; get the file back from another copy, and start again"
        case .unproven(let file, let reason):
            """
            what was read back of \(file), which would have replaced a file, is not what was written: \(reason). Nothing was \
            changed; see to the storage, and start again
            """
        }
    }
}
