/// A table whose values may go to the wrong columns. Its rows are INSERT statements that do not name their columns
/// (`pg_dump --inserts`), so each value goes to the column at its place; and the restored table has, or may have, its columns in
/// another order than the source.
package struct ColumnOrderRisk: Sendable, Equatable {
    /// Why the order differs.
    package enum Reason: Sendable {
        /// A restore puts the columns of the parents in front; at the source, a parent got a column later, or became a parent later.
        case inherits
        /// The rows of a partition are inserted into the root of its table, which has the columns in another order.
        case loadedThroughRoot
    }

    package let table: CopiedTable
    package let reason: Reason
    /// Whether the dump itself shows that the order differs. If not, it does not say what order the source had.
    package let isProven: Bool
}

extension DumpSchema {
    private static let mostGenerations = 100

    /// - Parameter tables: what the dump has of each table.
    func orderRisks(of tables: [TableContents]) -> [ColumnOrderRisk] {
        let roots = roots
        return tables.compactMap { contents in
            guard contents.goesByOrder, contents.rows > 0 else { return nil }
            let table = CopiedTable(schema: contents.schema, name: contents.name)
            let name = ExactName(table)
            guard let schema = self.tables[name], !schema.isUnclear else { return nil }
            if schema.isPartitioned {
                return risk(of: table, leaves: leaves(of: name), root: name)
            }
            if contents.isLoadedThroughRoot, let root = roots[name] {
                return risk(of: table, leaves: [name], root: root)
            }
            return risk(of: table, schema)
        }
    }

    /// The root of each partition, at whatever depth.
    var roots: [ExactName: ExactName] {
        let above = partitions.reduce(into: [ExactName: ExactName]()) { above, pair in
            for partition in pair.value { above[partition] = pair.key }
        }
        return above.mapValues { first in
            var root = first
            for _ in 0..<Self.mostGenerations {
                guard let next = above[root] else { break }
                root = next
            }
            return root
        }
    }

    /// A partition has all of its columns in its statement, in the order of the source.
    private func risk(of table: CopiedTable, leaves: [ExactName], root: ExactName) -> ColumnOrderRisk? {
        guard let wanted = names(of: root) else { return nil }
        let others = leaves.compactMap { names(of: $0) }.filter { $0 != wanted }
        guard !others.isEmpty else { return nil }
        return ColumnOrderRisk(table: table, reason: .loadedThroughRoot, isProven: others.count == leaves.count)
    }

    private func names(of table: ExactName) -> [[UInt8]]? {
        guard let schema = tables[table], !schema.isUnclear else { return nil }
        return schema.columns.map { Array($0.name.utf8) }
    }

    private func risk(of table: CopiedTable, _ schema: TableSchema) -> ColumnOrderRisk? {
        guard !schema.parents.isEmpty else { return nil }
        let own = schema.columns.map { Array($0.name.utf8) }
        if let restored = restoredNames(of: ExactName(table), Self.mostGenerations), Set(own) == Set(restored) {
            // Every column is its own, so that its statement has all of them in the order of the source.
            return own == restored ? nil : ColumnOrderRisk(table: table, reason: .inherits, isProven: true)
        }
        guard mayDiffer(schema, Self.mostGenerations) else { return nil }
        return ColumnOrderRisk(table: table, reason: .inherits, isProven: false)
    }

    /// The columns as a restore makes them: those of the parents first.
    /// - Returns: nil where a parent is not known.
    private func restoredNames(of table: ExactName, _ generations: Int) -> [[UInt8]]? {
        guard generations > 0, let schema = tables[table], !schema.isUnclear else { return nil }
        var names: [[UInt8]] = []
        for parent in schema.parents {
            guard let inherited = restoredNames(of: parent, generations - 1) else { return nil }
            names += inherited.filter { !names.contains($0) }
        }
        return names + schema.columns.map { Array($0.name.utf8) }.filter { !names.contains($0) }
    }

    /// A column that a table got from its only parent, after all others that it has, is its last one also when it is restored.
    private func mayDiffer(_ schema: TableSchema, _ generations: Int) -> Bool {
        guard !schema.parents.isEmpty else { return false }
        guard generations > 0, schema.columns.isEmpty, schema.parents.count == 1 else { return true }
        return tables[schema.parents[0]].map { mayDiffer($0, generations - 1) } ?? true
    }
}
