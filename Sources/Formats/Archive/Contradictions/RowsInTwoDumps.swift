import Bytes

/// Finds tables whose rows are in two dumps of one script: a restore has them twice, and no key need show it.
///
/// It goes by the comments with which `pg_dump` announces rows, and by the lines with which it begins a dump. Within one dump,
/// rows of a table may come in several parts, and those of partitions through their root.
struct RowsInTwoDumps: Sendable {
    private struct Announced: Hashable {
        let database: String
        let table: String
    }

    /// By the table: the line in which the dump begins that has rows of it.
    private var starts: [Announced: Int] = [:]
    /// The table whose rows are announced, until a row is met.
    private var awaited: String?
    private(set) var flaws = DumpFlaws()

    /// - Parameter start: the line in which the current dump begins, and 0 for the first.
    mutating func take(_ part: PlainPart, of database: String, _ start: Int) {
        switch part {
        case .event(.anotherDump): awaited = nil
        case .event(.object(let kind, let schema, let name, _)):
            awaited = kind == "TABLE DATA" ? CopiedTable(schema: schema, name: name).label : nil
        case .rows(let range): if !range.isEmpty { meetRow(of: database, start) }
        case .heldRows(let bytes): if !bytes.isEmpty { meetRow(of: database, start) }
        case .statement(let statement):
            if awaited != nil, statement.text.starts(with: "INSERT INTO ".utf8) { meetRow(of: database, start) }
            if !starts.isEmpty, statement.removesRows { forget(database) }
        case .event, .endOfRows: break
        }
    }

    /// Forgets the tables of a database, whose rows are removed.
    mutating func forget(_ database: String) {
        starts = starts.filter { $0.key.database != database }
    }

    private mutating func meetRow(of database: String, _ start: Int) {
        guard let table = awaited else { return }
        awaited = nil
        let key = Announced(database: database, table: table)
        guard let first = starts[key] else {
            starts[key] = start
            return
        }
        guard first != start else { return }
        flaws.add(
            table,
            """
            its rows are in two dumps that stand one behind the other in the script, of which the later begins in line \(start): a \
            restore has them twice, or fails
            """)
    }
}

extension ScriptStatement {
    /// Whether it may remove rows that came before it. Of which table, is not asked: nothing is claimed of any.
    fileprivate var removesRows: Bool {
        guard let first = text.first, "dDtT".utf8.contains(first) else { return false }
        let start = text.prefix(9).map(ASCII.lowercased)
        return ["drop tabl", "drop sche", "truncate", "delete "].contains { start.starts(with: $0.utf8) }
    }
}
