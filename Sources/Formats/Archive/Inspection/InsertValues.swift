import Bytes
import Rows
import Values

/// Looks at the rows of INSERT statements into one table: each is written as COPY would write it, and then judged, counted and hashed as a
/// row of COPY is.
final class InsertValues {
    /// Those that have values, in their order.
    let columns: [String]
    let timeColumns: Set<String>
    let inspector: RowInspector
    /// Of the rows in canonical form; nil once it is not known.
    private(set) var digest: TableDigest? = TableDigest()
    private(set) var keyed: KeyedRows?
    private(set) var longestRow = 0
    /// Why the values are not looked at; nil while they are.
    private(set) var unchecked: String?
    private let all: [InsertColumn]
    /// The places of generated columns among the values.
    private var generated: Set<Int>
    /// How many values a row has.
    private var width: Int
    private var fields: RowFields
    private let times: TimeFields
    private let encoding: TextEncoding
    private var literals: InsertLiterals
    /// The last beginning of a statement that named the right columns.
    private var lastHead: [UInt8] = []

    /// The longest row that is held, in bytes.
    static let longestHeld = 64 << 20

    /// - Parameter columns: all of the table, in its order.
    init(
        _ columns: [InsertColumn], timeColumns: Set<String>, inspector: RowInspector, keyed: KeyedRows?,
        encoding: TextEncoding, standardConformingStrings: Bool
    ) {
        all = columns
        let names = columns.filter { !$0.isGenerated }.map(\.name)
        self.columns = names
        self.timeColumns = timeColumns
        self.inspector = inspector
        self.keyed = keyed
        self.encoding = encoding
        generated = Set(columns.indices.filter { columns[$0].isGenerated })
        width = columns.count
        fields = RowFields(columns: names.count)
        times = TimeFields(names.indices.filter { timeColumns.contains(names[$0]) })
        literals = InsertLiterals(
            standardConformingStrings: standardConformingStrings, isUTF8: encoding.isUTF8)
    }

    /// Takes the beginning of a statement, to the word VALUES: it may name columns.
    /// - Returns: what is wrong with it, if no server takes it.
    func begin(_ head: [UInt8]) -> String? {
        guard unchecked == nil, head != lastHead else { return nil }
        lastHead = head
        var reader = SQLTokenReader(SQLTokens(head, encoding).tokens[...])
        guard reader.accept("insert", "into"), reader.qualifiedName() != nil else {
            give(up: "its statements do not begin as pg_dump writes them")
            return nil
        }
        (width, generated) = (all.count, Set(all.indices.filter { all[$0].isGenerated }))
        guard reader.next == .open else { return nil }
        // With names of columns, pg_dump leaves out generated ones; without, it writes DEFAULT for them (`dumpTableData_insert`).
        let names = reader.names() ?? []
        if let odd = names.first(where: { name in !all.contains { $0.name.utf8.elementsEqual(name.utf8) } }) {
            return "names the column \(odd), and the CREATE TABLE of the same dump has none of this name"
        }
        if names.elementsEqual(columns, by: { $0.utf8.elementsEqual($1.utf8) }) {
            (width, generated) = (columns.count, [])
        } else if !names.elementsEqual(all, by: { $0.utf8.elementsEqual($1.name.utf8) }) {
            give(up: "its statements name other columns than the dump defines")
        }
        return nil
    }

    /// Takes the values of a row, without the parentheses around them.
    /// - Returns: what is wrong with the row, if no server takes it.
    func take(_ values: UnsafeRawBufferPointer) -> String? {
        guard unchecked == nil else { return nil }
        switch literals.take(values, generated: generated, width: width) {
        case .values(let count) where count != width:
            return "has \(count) values, and its statement has \(width) columns"
        case .values: addRow()
        case .missing(let index): return "has no value in place \(index + 1)"
        case .unknown(let index):
            let name = index < all.count ? all[index].name : "a column that is not there"
            give(up: "a value of \(name) is not written as pg_dump writes one")
        }
        return nil
    }

    /// Notes a row of DEFAULT VALUES, as a table without columns has them.
    func takeDefaults() {
        if all.isEmpty {
            add(UnsafeRawBufferPointer(start: nil, count: 0))
        } else {
            give(up: "it has rows of DEFAULT VALUES")
        }
    }

    /// Notes a row that was too long to be held.
    func passOver() {
        (digest, keyed) = (nil, nil)
        if unchecked == nil { inspector.passOver() }
    }

    /// Call at the end of some rows, before their keys are asked for; more may come.
    func flush() { inspector.finish() }

    private func addRow() {
        guard !columns.isEmpty else { return add(UnsafeRawBufferPointer(start: nil, count: 0)) }
        literals.endRow()
        literals.row.withUnsafeBytes { bytes in
            let (start, end) = bytes.bounds
            guard let newline = fields.take(start, end) else { return }
            times.withUTC(UnsafeRawBufferPointer(start: start, count: newline - start), fields, add)
        }
        inspector.take(fields)
    }

    /// - Parameter row: in canonical form.
    private func add(_ row: UnsafeRawBufferPointer) {
        longestRow = max(longestRow, row.count)
        let hash = RowHash.Value(of: row)
        digest?.add(row: hash)
        keyed?.add(row: row, hash)
    }

    private func give(up reason: String) {
        unchecked = reason
        (digest, keyed) = (nil, nil)
    }
}

/// A column of a table that INSERT statements have a value of.
struct InsertColumn {
    let name: String
    /// Its value is DEFAULT.
    let isGenerated: Bool
}

extension DumpSchema {
    /// All columns of a table, in its order.
    /// - Returns: nil where the dump does not say them in one place: of a table that inherits, or that is of a type.
    func insertColumns(of table: ExactName) -> [InsertColumn]? {
        guard let schema = tables[table], !schema.isUnclear, schema.parents.isEmpty, !schema.isPartitioned else {
            return nil
        }
        return schema.columns.map { InsertColumn(name: $0.name, isGenerated: $0.isGenerated) }
    }
}

extension RowInspection {
    /// What looks at the rows of INSERT statements into a table.
    /// - Returns: nil where the dump does not say what its columns are, and where the rows cannot be taken apart byte by byte.
    func values(
        of table: ExactName, in schema: DumpSchema, wanted: (_ columns: [String]) -> KeyedRows?,
        encoding: TextEncoding, standardConformingStrings: Bool
    ) -> InsertValues? {
        guard let columns = schema.insertColumns(of: table) else { return nil }
        let names = columns.filter { !$0.isGenerated }.map(\.name)
        return inspector(of: table, columns: names).map { inspector in
            InsertValues(
                columns, timeColumns: schema.timeColumns(of: table, among: names), inspector: inspector,
                keyed: wanted(names), encoding: encoding, standardConformingStrings: standardConformingStrings)
        }
    }

    /// Takes what was found in rows of INSERT statements, all of which were taken.
    /// - Parameter values: nil where nothing looked at them.
    func close(_ values: InsertValues?, of key: ExactName, _ table: CopiedTable) {
        guard let values else {
            return pass(
                over: key, table,
                because: "its rows are INSERT statements, and the dump does not say in one place what its columns are")
        }
        values.flush()
        if let reason = values.unchecked {
            pass(over: key, table, because: "its rows are INSERT statements: \(reason)")
        } else {
            close(values.inspector, of: key, table)
        }
    }
}

extension TableContents {
    /// Takes what was read of its rows.
    mutating func take(_ inserted: InsertData) {
        (rows, goesByOrder) = (inserted.rows, inserted.goesByOrder)
        guard let values = inserted.values, let digest = values.digest else { return }
        (columns, timeColumns) = (values.columns, values.timeColumns)
        (self.digest, keyed, longestRow) = (digest, values.keyed, values.longestRow)
    }
}
