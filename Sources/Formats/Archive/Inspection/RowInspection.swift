import Rows
import Values

/// Looks at the values and keys of all rows of a dump, as they are read.
final class RowInspection {
    private let schema: DumpSchema
    private let store: KeyStore
    private let encoding: TextEncoding
    private let wanted: WantedKeys
    private let asksKeys: Bool
    private var keys: [ExactName: [[String]: KeySet]] = [:]
    private var tables: [ExactName: InspectedTable] = [:]

    /// - Parameters:
    ///   - store: keeps the keys.
    ///   - asksKeys: false where not all rows are read.
    init(_ schema: DumpSchema, encoding: TextEncoding, store: KeyStore, asksKeys: Bool = true) {
        self.schema = schema
        self.encoding = encoding
        self.store = store
        wanted = WantedKeys(schema)
        self.asksKeys = asksKeys
    }

    /// What looks at the rows of a table, which come with these columns.
    /// - Returns: nil where the rows cannot be taken apart byte by byte: half of a letter may look like a backslash there.
    func inspector(of table: ExactName, columns names: [String]) -> RowInspector? {
        guard !encoding.hasPairs else { return nil }
        var columns: [InspectedColumn] = []
        for name in names {
            guard let known = schema.column(name, of: table, encodesAsUTF8: encoding.isUTF8) else {
                columns.append(InspectedColumn(name: name, type: .other("an unknown type")))
                continue
            }
            columns.append(
                InspectedColumn(
                    name: name, type: known.type.type,
                    isNotNull: known.isNotNull || wanted.isPrimary(name, of: table), keyKind: known.type.keyKind))
        }
        var collected: [(columns: [Int], set: KeySet)] = []
        for key in asksKeys ? wanted.keys(of: table) : [] {
            let indices = key.compactMap { column in names.firstIndex { $0.utf8.elementsEqual(column.utf8) } }
            guard indices.count == key.count, indices.allSatisfy({ columns[$0].keyKind != nil }) else { continue }
            let set = keys[table]?[key] ?? store.makeSet()
            keys[table, default: [:]][key] = set
            collected.append((indices, set))
        }
        return RowInspector(
            columns, keys: collected,
            encoding: ValueEncoding(isUTF8: encoding.isUTF8, isSingleByte: encoding.isSingleByte))
    }

    /// Takes what was found in rows of a table, all of which were taken. A table may have several entries with rows.
    func close(_ inspector: RowInspector, of key: ExactName, _ table: CopiedTable) {
        guard var known = tables[key] else {
            var new = InspectedTable(table: table)
            new.columns = inspector.columns
            new.findings = inspector.findings
            new.unreadRows = inspector.unread
            tables[key] = new
            return
        }
        let isSame =
            known.columns.map(\.name) == inspector.columns.map(\.name) && known.unchecked == nil
        guard isSame else {
            known.unchecked = known.unchecked ?? "its rows come with different columns"
            tables[key] = known
            return
        }
        for (index, findings) in inspector.findings.enumerated() { known.findings[index].add(findings) }
        known.unreadRows += inspector.unread
        tables[key] = known
    }

    /// Notes that rows of COPY's text format were not looked at.
    func passOverCopied(_ key: ExactName, _ table: CopiedTable) {
        pass(over: key, table, because: "only a server takes text in \(encoding.name) apart")
    }

    /// Notes that rows of a table were not looked at.
    func pass(over key: ExactName, _ table: CopiedTable, because reason: String) {
        var known = tables[key] ?? InspectedTable(table: table)
        known.unchecked = reason
        tables[key] = known
    }

    // MARK: The end

    /// Call once, when all rows were read.
    func finish() -> RowFindings {
        let order = tables.values.sorted { $0.table.label < $1.table.label }
        guard asksKeys else { return RowFindings(tables: order, uniqueKeys: [], foreignKeys: []) }
        return RowFindings(
            tables: order,
            uniqueKeys: schema.uniqueKeys.filter { schema.partitions[$0.table] == nil }.compactMap(finding),
            foreignKeys: schema.foreignKeys.map(finding))
    }

    private func finding(_ key: UniqueKeySchema) -> KeyFinding? {
        // Of a partitioned table, each partition has its own.
        if schema.tables[key.table]?.isPartitioned == true { return nil }
        let outcome: KeyOutcome
        if let reason = key.unchecked {
            outcome = .unchecked(reason)
        } else {
            outcome = asking(key.columns, of: [key.table]) { sets throws(KeyStoreError) in
                let found = try KeyQuestions.duplicates(sets)
                return found.keys == 0
                    ? .holds(rows: sets.reduce(0) { $0 + $1.rows }) : .duplicates(keys: found.keys, rows: found.rows)
            }
        }
        return KeyFinding(
            subject: CopiedTable(schema: key.tableName.schema, name: key.name).label,
            kind: key.isPrimary ? "PRIMARY KEY" : "UNIQUE",
            outcome: outcome)
    }

    private func finding(_ key: ForeignKeyDefinition) -> KeyFinding {
        KeyFinding(
            subject: "\(CopiedTable(schema: key.schema, name: key.table).label).\(key.name)", kind: "FOREIGN KEY",
            outcome: outcome(key), isUnproven: key.notValid || key.notEnforced)
    }

    private func outcome(_ key: ForeignKeyDefinition) -> KeyOutcome {
        if key.hasPeriod { return .unchecked("it is over ranges") }
        let referencing = ExactName(schema: key.schema, name: key.table)
        let referenced = ExactName(schema: key.referencedSchema, name: key.referencedTable)
        let columns = wanted.referencedColumns(of: key)
        guard columns.count == key.columns.count else { return .unchecked("the dump does not name its columns") }
        if let one = schema.leaves(of: referencing).first, let two = schema.leaves(of: referenced).first {
            for (own, other) in zip(key.columns, columns) where keyKind(of: own, one) != keyKind(of: other, two) {
                return .unchecked("\(own) and \(other) are of types whose texts cannot be compared")
            }
        }
        return asking(columns, of: schema.leaves(of: referenced)) { parents in
            asking(key.columns, of: schema.leaves(of: referencing)) { children throws(KeyStoreError) in
                let partial = key.matchFull ? children.reduce(0) { $0 + $1.partialNulls } : 0
                let orphans = try KeyQuestions.orphans(of: children, among: parents) + partial
                return orphans == 0 ? .holds(rows: children.reduce(0) { $0 + $1.rows }) : .orphans(rows: orphans)
            }
        }
    }

    private func keyKind(of column: String, _ table: ExactName) -> KeyKind? {
        schema.column(column, of: table, encodesAsUTF8: encoding.isUTF8)?.type.keyKind
    }

    /// Asks a question of the keys of some tables, if all of them are known.
    private func asking(
        _ columns: [String], of leaves: [ExactName], _ question: ([KeySet]) throws(KeyStoreError) -> KeyOutcome
    ) -> KeyOutcome {
        var sets: [KeySet] = []
        for leaf in leaves {
            let name = leaf.label
            guard let table = tables[leaf] else { return .unchecked("the rows of \(name) are not in the dump") }
            if let reason = table.unchecked { return .unchecked("\(name): \(reason)") }
            for column in columns where keyKind(of: column, leaf) == nil {
                return .unchecked("\(column) is of a type whose texts do not tell which values are equal")
            }
            guard let set = keys[leaf]?[columns] else {
                return .unchecked("a column of the key has no values in the dump")
            }
            guard set.unreadable == 0 else {
                return .unchecked("\(name) has keys that are not written as servers write them")
            }
            sets.append(set)
        }
        do throws(KeyStoreError) {
            return try question(sets)
        } catch {
            return .lost(error)
        }
    }
}
