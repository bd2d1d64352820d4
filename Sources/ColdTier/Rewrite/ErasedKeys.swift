import Bytes
import Rows

/// Primary keys of rows that are to be erased: those of a list, one a line.
///
/// A key of several columns has tabs between them. Values are as COPY's text format has them, times in UTC; numbers, UUIDs
/// and booleans may be written otherwise.
struct ErasedKeys: Sendable {
    /// The columns of the key, in its order.
    let columns: [String]
    /// As canonical rows have the columns, with tabs between them.
    let keys: Set<[UInt8]>

    /// - Throws: ``RewriteError/line(_:_:reason:)``, ``RewriteError/noKeys``, ``RewriteError/noKey(_:slice:)``.
    init(_ list: [UInt8], of table: ExportManifest.Table) throws(RewriteError) {
        // The last definition with a key is that of the newest rows.
        guard let shape = table.shapes.last(where: { !$0.key.isEmpty }) else {
            throw .noKey(table.tableName, slice: "the table")
        }
        columns = shape.key
        let types = shape.key.compactMap { name in
            shape.columns.first { $0.name.utf8.elementsEqual(name.utf8) }
        }
        var keys: Set<[UInt8]> = []
        for (index, line) in list.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            // As editors of Windows write them.
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.isEmpty { continue }
            func refuse(_ reason: String) -> RewriteError { .line(index + 1, table.tableName, reason: reason) }
            let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
            guard fields.count == types.count, types.count == shape.key.count else {
                throw refuse(
                    "it has \(fields.count) values, and the key is \(shape.key.joined(separator: ", ")), with tabs between"
                )
            }
            var key: [UInt8] = []
            for (field, column) in zip(fields, types) {
                if !key.isEmpty { key.append(UInt8(ascii: "\t")) }
                guard let value = Array(field).withUnsafeBytes(CopyText.unescape),
                    let text = String(validating: value, as: UTF8.self)
                else { throw refuse("it has a value that is no text, or NULL") }
                do {
                    key += try CanonicalValue.bytes(of: text, column)
                } catch {
                    throw refuse(error.description)
                }
            }
            keys.insert(key)
        }
        guard !keys.isEmpty else { throw .noKeys }
        self.keys = keys
    }
}

/// Finds rows by their keys, among rows of one definition of a table.
struct KeyFilter: Sendable {
    private let indices: [Int]
    private let columns: Int
    private let keys: Set<[UInt8]>
    /// What row groups are compared with; nil if their keys have no order.
    private let positions: (order: KeyOrder, sorted: [UInt64])?

    /// - Returns: nil if rows of this definition do not have the columns of the key.
    init?(_ erased: ErasedKeys, _ shape: ExportManifest.Shape) {
        let indices = erased.columns.compactMap { name in
            shape.columns.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
        }
        guard indices.count == erased.columns.count else { return nil }
        self.indices = indices
        columns = shape.columns.count
        keys = erased.keys
        // Row groups have the range of the first column of the key that the table had then.
        guard let ordered = OrderedKey(of: shape.columns, shape.key), ordered.index == indices.first else {
            positions = nil
            return
        }
        let found = erased.keys.map { key in
            Array(key.prefix { $0 != UInt8(ascii: "\t") }).withUnsafeBytes(ordered.order.position)
        }
        positions = found.contains(nil) ? nil : (ordered.order, found.compactMap(\.self).sorted())
    }

    /// The key of a row if it is one of those.
    /// - Parameter row: in canonical form.
    func key(of row: UnsafeRawBufferPointer) -> [UInt8]? {
        var key: [UInt8] = []
        for index in indices {
            guard let field = CopyText.field(at: index, of: columns, in: row) else { return nil }
            if !key.isEmpty { key.append(UInt8(ascii: "\t")) }
            key.append(contentsOf: field)
        }
        return keys.contains(key) ? key : nil
    }

    /// False if no row of this row group can have one of the keys.
    func canHold(_ group: ExportManifest.RowGroup) -> Bool {
        guard let positions, let ends = group.keys(in: positions.order) else { return true }
        // The first one that is not below the row group.
        var (low, high) = (0, positions.sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if positions.sorted[middle] < ends.first { low = middle + 1 } else { high = middle }
        }
        return low < positions.sorted.count && positions.sorted[low] <= ends.last
    }
}
