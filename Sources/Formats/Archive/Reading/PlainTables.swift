/// The rows of the tables of a plain dump.
struct PlainTables {
    /// Each table by its place in the order of the script.
    private var tables: [TableContents] = []
    private var places: [ExactName: Int] = [:]
    /// What the script has said of tables so far, or all that it says if rows are looked at.
    private var schema = DumpSchema()
    private(set) var inspection: RowInspection?
    private let wanted: WantedRows
    /// Tables of which some rows could not be read.
    private var unread: Set<Int> = []
    private(set) var sawForeignStatement = false
    /// Whether it has a statement for a server that pg_upgrade has started.
    private(set) var isForUpgrade = false
    /// Rows that no server takes, where rows are looked at.
    private(set) var flaws = DumpFlaws()
    private var roleTypes = RoleTypes()
    private var rolesInRows: Set<String> = []
    private var copying: (rows: CopyData, beside: SinkBeside)?
    private let thread = RowsThread()
    /// By the text of the table's name in the statement.
    private var inserting: [ArraySlice<UInt8>: (table: CopiedTable, rows: InsertData)] = [:]
    /// Of the last INSERT statement.
    private var lastInserted: ArraySlice<UInt8> = []

    /// - Parameter wanted: the tables whose rows are also taken by ranges of their key.
    init(_ wanted: WantedRows) { self.wanted = wanted }

    /// Has the rows looked at.
    /// - Parameter schema: all that the script says of its tables.
    mutating func inspect(_ inspection: RowInspection, _ schema: DumpSchema) {
        (self.inspection, self.schema) = (inspection, schema)
    }

    mutating func take(_ parts: [PlainPart], of chunk: UnsafeRawBufferPointer) {
        for part in parts {
            switch part {
            case .statement(let statement): take(statement)
            case .rows(let range): copying?.beside.take(UnsafeRawBufferPointer(rebasing: chunk[range]))
            case .heldRows(let bytes): bytes.withUnsafeBytes { copying?.beside.take($0) }
            case .endOfRows: endRows()
            case .event: break
            }
        }
    }

    /// Waits until the rows of a COPY statement that did not end were taken.
    func finishOpenRows() { _ = copying?.beside.finish() }

    /// Call once at the end of the script.
    mutating func finish() {
        finishOpenRows()
        let copied = Set(tables.indices.filter { tables[$0].columns != nil })
        for (table, rows) in inserting.values.sorted(by: { $0.table.label < $1.table.label }) {
            let place = place(of: table)
            if rows.problem != nil { unread.insert(place) }
            if inspection != nil, let refusal = rows.refusal { flaws.add(table.label, refusal) }
            // Their rows cannot be told apart from those of COPY, and are not counted together.
            if copied.contains(place) { unread.insert(place) }
            var more = TableContents(schema: table.schema, name: table.name, isDefined: tables[place].isDefined)
            more.take(rows)
            tables[place] = tables[place].rows == 0 ? more : tables[place].adding(more)
            inspection?.close(rows.values, of: ExactName(table), table)
        }
    }

    /// The rows of a COPY statement have begun and not ended.
    var isWithinRows: Bool { copying != nil }

    /// In the order of the script; without those of which some rows could not be read.
    var all: [TableContents] {
        tables.indices.filter { !unread.contains($0) }.map { tables[$0] }
    }

    /// Tables whose values may come to other columns than at the source.
    var orderRisks: [ColumnOrderRisk] { schema.orderRisks(of: all) }

    /// The roles that values name.
    var roles: Set<String> {
        inserting.values.reduce(roleTypes.roles.union(rolesInRows)) { $0.union($1.rows.namedRoles) }
    }

    private mutating func take(_ statement: ScriptStatement) {
        sawForeignStatement = sawForeignStatement || statement.foreign != nil
        isForUpgrade = isForUpgrade || statement.isForUpgrade
        if statement.copiesFromScript {
            let text = statement.encoding.decode(statement.text)
            copying = CopyTarget(parsing: text).map { target in
                let table = ExactName(target.table)
                let rows = CopyData(
                    target, timeColumns: schema.timeColumns(of: table, among: target.columns),
                    encoding: statement.encoding,
                    inspector: inspection?.inspector(of: table, columns: target.columns),
                    keyed: wanted.rows(of: target.table, columns: target.columns),
                    roles: roleFields(of: target.table, target, statement), mayEndInReturns: true)
                return (rows, thread.beside(rows))
            }
        } else if statement.text.starts(with: "INSERT INTO ".utf8) {
            insert(statement)
        } else {
            if statement.isDefinition, roleTypes.concerns(statement.text) { roleTypes.take(statement.tokens) }
            if inspection == nil { schema.take(statement) }
        }
    }

    private func roleFields(
        of table: CopiedTable, _ target: CopyTarget?, _ statement: ScriptStatement
    ) -> RoleFields? {
        RoleFields(
            roleTypes, table, target: target, statement.encoding, conforming: statement.standardConformingStrings)
    }

    private mutating func endRows() {
        guard let (rows, beside) = copying else { return }
        copying = nil
        let table = rows.target.table
        Array("\\.\n\n\n".utf8).withUnsafeBytes { beside.take($0) }
        let problem = beside.finish()
        let place = place(of: table)
        rolesInRows.formUnion(rows.namedRoles)
        if let problem {
            unread.insert(place)
            // Without a list of columns, which pg_dump always writes, the fields of a row are not known.
            if inspection != nil, !rows.target.columns.isEmpty { flaws.add(table.label, problem) }
            inspection?.pass(over: ExactName(table), table, because: "its rows cannot be read")
            return
        }
        var more = TableContents(
            schema: table.schema, name: table.name, isDefined: schema.tables[ExactName(table)] != nil)
        more.take(rows)
        if let inspector = rows.inspector {
            inspection?.close(inspector, of: ExactName(table), table)
        } else {
            inspection?.passOverCopied(ExactName(table), table)
        }
        tables[place] = tables[place].columns == nil ? more : tables[place].adding(more)
    }

    private mutating func insert(_ statement: ScriptStatement) {
        let key = Self.name(in: statement.text)
        if inserting[key] == nil {
            var reader = SQLTokenReader(SQLTokens(Array(key), statement.encoding).tokens[...])
            guard let name = reader.qualifiedName() else { return }
            let table = CopiedTable(schema: name.schema, name: name.name)
            // Its place is that of its first row in the script.
            _ = place(of: table)
            inserting[key] = (table, insertData(of: table, statement))
        }
        if key != lastInserted {
            inserting[lastInserted]?.rows.values?.flush()
            lastInserted = key
        }
        inserting[key]?.rows.take(wholeLine: statement.text)
    }

    private func insertData(of table: CopiedTable, _ statement: ScriptStatement) -> InsertData {
        InsertData(
            encoding: statement.encoding, standardConformingStrings: statement.standardConformingStrings,
            roles: roleFields(of: table, nil, statement),
            values: inspection?.values(
                of: ExactName(table), in: schema, wanted: { wanted.rows(of: table, columns: $0) },
                encoding: statement.encoding, standardConformingStrings: statement.standardConformingStrings))
    }

    /// The place of a table, which is met here for the first time or again.
    private mutating func place(of table: CopiedTable) -> Int {
        if let place = places[ExactName(table)] { return place }
        places[ExactName(table)] = tables.count
        tables.append(
            TableContents(schema: table.schema, name: table.name, isDefined: schema.tables[ExactName(table)] != nil))
        return tables.count - 1
    }

    /// The name of the table in `INSERT INTO schema."my table" (…) VALUES …`.
    private static func name(in statement: [UInt8]) -> ArraySlice<UInt8> {
        var isQuoted = false
        let rest = statement.dropFirst("INSERT INTO ".utf8.count)
        let end = rest.firstIndex { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return !isQuoted && (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "("))
        }
        return rest[..<(end ?? rest.endIndex)]
    }
}
