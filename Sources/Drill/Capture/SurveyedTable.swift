import Archive
import Manifest
import Postgres
import Rows

/// A table as the catalogue of the source describes it.
struct SurveyedTable: Sendable {
    /// Without what the dump has of it, and without rows.
    var described: SourceManifest.Table
    let isReadable: Bool
    let isUnlogged: Bool
    /// Whether it can be read in ranges of its pages.
    private let isHeap: Bool
    /// On disk, without what is stored out of line.
    private let heapBytes: Int64
    private let blockSize: Int64

    var name: TableName { described.tableName }

    /// - Parameter row: of `captured-tables.sql`.
    init(_ row: Row, blockSize: Int64) throws {
        let grants = zip(
            try row.need("grantees", as: [String].self), try row.need("privileges", as: [String].self))
        let isSecured: Bool = try row.need("row_security")
        let isForced: Bool = try row.need("row_security_forced")
        let security = SourceManifest.Security(
            rowSecurity: isSecured ? (isForced ? "forced" : "enabled") : nil,
            policies: try row.need("policies", as: [String].self).map { .init(name: $0, isHeld: true) },
            triggers: try zip(
                row.need("triggers", as: [String].self), row.need("trigger_states", as: [String].self)
            ).map { .init(name: $0, state: $1, isHeld: true) },
            grants: Dictionary(grouping: grants, by: \.0).sorted { $0.key < $1.key }.map {
                .init(role: $0.key, privileges: $0.value.map(\.1))
            })
        heapBytes = try row.need("heap_bytes")
        let estimate: Int64 = try row.need("estimate")
        described = SourceManifest.Table(
            schema: try row.need("schema"), name: try row.need("name"), held: .nothing,
            isPartitioned: try row.need("is_partitioned"), isPartition: try row.need("is_partition"),
            columns: try zip(row.need("columns", as: [String].self), row.need("types", as: [String].self)).map {
                .init(name: $0, type: $1)
            },
            key: try row.need("key"), owner: try row.need("owner"), security: security,
            bytes: heapBytes + (try row.need("toast_bytes", as: Int64.self)),
            estimatedRows: estimate < 0 ? nil : estimate)
        isReadable = try row.need("is_readable")
        isUnlogged = try row.need("is_unlogged")
        isHeap = try row.need("is_heap")
        self.blockSize = blockSize
    }

    /// What identifies its rows.
    var rowKey: RowKey {
        let key = described.keyPositions
        return RowKey(
            columns: described.columns.count, key: key,
            order: key.first.flatMap { KeyOrder(type: described.columns[$0].type) })
    }

    /// Positions of the columns that hold times.
    var timeColumns: [Int] {
        described.columns.indices.filter { index in
            let type = described.columns[index].type
            return type == "date" || type.hasPrefix("timestamp") && !type.hasSuffix("[]")
        }
    }

    /// One piece of a table: it is read over one connection.
    struct Part: Sendable {
        /// Of the table, in the list of all.
        let table: Int
        /// A COPY that gives the rows.
        let copy: String
        /// How much is read, roughly.
        let bytes: Int64
    }

    /// A table with more bytes than this is read over several connections.
    private static let partSize: Int64 = 128 << 20

    /// - Parameters:
    ///   - encoding: of the rows in their canonical form.
    ///   - inRanges: whether the server reads a range of pages without reading the others (from PostgreSQL 14 on).
    func parts(of index: Int, in encoding: String, inRanges: Bool) -> [Part] {
        let list = described.columns.map { quoteIdentifier($0.name) }.joined(separator: ", ")
        let destination = "TO STDOUT (ENCODING \(quoteLiteral(encoding)))"
        let pages = heapBytes / blockSize
        let count = isHeap && inRanges && !list.isEmpty ? max(1, min(pages, described.bytes / Self.partSize)) : 1
        guard count > 1 else {
            let rows = "\(name.sql)\(list.isEmpty ? "" : " (\(list))")"
            return [Part(table: index, copy: "COPY \(rows) \(destination)", bytes: described.bytes)]
        }
        return (0..<count).map { number in
            let first = pages * number / count
            // The table may have grown since it was measured: the last part has no end.
            let end = number == count - 1 ? "" : " AND ctid < '(\(pages * (number + 1) / count),0)'"
            return Part(
                table: index,
                copy: "COPY (SELECT \(list) FROM ONLY \(name.sql) WHERE ctid >= '(\(first),0)'\(end)) \(destination)",
                bytes: described.bytes / count)
        }
    }

    // MARK: What the dump has of it

    mutating func note(_ dump: ListedObjects) {
        let (schema, name) = (described.schema, described.name)
        described.held =
            dump.has("TABLE DATA", schema: schema, name: name)
            ? .rows : dump.has("TABLE", schema: schema, name: name) ? .definition : .nothing
        described.security.isOwnerHeld = dump.hasOwner(of: "TABLE", schema: schema, name: name)
        described.security.isRowSecurityHeld = dump.has("ROW SECURITY", schema: schema, name: name)
        // Only in tags of privileges pg_dump quotes names.
        described.security.areGrantsHeld = [name, quoteIdentifier(name)].contains {
            dump.has("ACL", schema: schema, name: "TABLE \($0)")
        }
        for index in described.security.policies.indices {
            described.security.policies[index].isHeld = dump.has(
                "POLICY", schema: schema, name: "\(name) \(described.security.policies[index].name)")
        }
        for index in described.security.triggers.indices {
            described.security.triggers[index].isHeld = dump.has(
                "TRIGGER", schema: schema, name: "\(name) \(described.security.triggers[index].name)")
        }
    }
}
