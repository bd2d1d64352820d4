import Postgres
import Rows

/// Which rows are looked for, among rows of one definition of a table: those in which some columns have some values. It also
/// says where there can be no such row.
struct RowFilter: Sendable {
    private let fields: [Field]
    private let columns: Int
    private let key: (order: KeyOrder, position: UInt64)?
    private let time: DatabaseTime?

    private struct Field: Sendable {
        let index: Int
        /// As a canonical row has it.
        let bytes: [UInt8]
    }

    /// - Returns: nil if rows of this definition do not have all of the columns.
    /// - Throws: ``GetError/value(column:type:expected:)``.
    init?(_ conditions: [RowCondition], _ shape: ExportManifest.Shape, timeColumn: String) throws(GetError) {
        let ordered = OrderedKey(of: shape.columns, shape.key)
        var fields: [Field] = []
        var (key, time): ((KeyOrder, UInt64)?, DatabaseTime?) = (nil, nil)
        for condition in conditions {
            guard let index = shape.columns.firstIndex(where: { $0.name.utf8.elementsEqual(condition.column.utf8) })
            else { return nil }
            let bytes = try CanonicalValue.bytes(of: condition.value, shape.columns[index])
            fields.append(Field(index: index, bytes: bytes))
            bytes.withUnsafeBytes { bytes in
                if let ordered, ordered.index == index {
                    key = ordered.order.position(of: bytes).map { (ordered.order, $0) }
                }
                if shape.columns[index].name.utf8.elementsEqual(timeColumn.utf8) { time = DatabaseTime(bytes) }
            }
        }
        self.fields = fields
        columns = shape.columns.count
        (self.key, self.time) = (key, time)
    }

    /// - Parameter row: in canonical form.
    @inline(__always)
    func matches(_ row: UnsafeRawBufferPointer) -> Bool {
        fields.allSatisfy { field in
            CopyText.field(at: field.index, of: columns, in: row).map { $0.elementsEqual(field.bytes) } ?? false
        }
    }

    /// False if no row with these times can be looked for.
    func canHold(minimum: String?, maximum: String?) -> Bool {
        guard let time else { return true }
        guard let least = minimum.flatMap(DatabaseTime.init), let most = maximum.flatMap(DatabaseTime.init) else {
            return false
        }
        return least <= time && time <= most
    }

    /// False if no row of this row group can be looked for.
    func canHold(_ group: ExportManifest.RowGroup) -> Bool {
        guard canHold(minimum: group.minimum, maximum: group.maximum) else { return false }
        guard let key, let ends = group.keys(in: key.order) else { return true }
        return ends.first <= key.position && key.position <= ends.last
    }
}

/// A column has a value.
package struct RowCondition: Sendable, Equatable {
    let column: String
    /// As a person writes it.
    let value: String
}

extension ExportManifest.Table {
    /// - Parameters:
    ///   - key: a value for each column of the primary key; empty if it is not asked for.
    ///   - texts: `column=value`.
    /// - Throws: ``GetError``.
    func conditions(key: [String], _ texts: [String]) throws(GetError) -> [RowCondition] {
        var conditions: [RowCondition] = []
        if !key.isEmpty {
            // The last definition is that of the newest rows.
            guard let columns = shapes.last(where: { !$0.key.isEmpty })?.key else { throw .noKey(tableName) }
            guard columns.count == key.count else { throw .keyCount(given: key.count, columns: columns, tableName) }
            conditions = zip(columns, key).map { RowCondition(column: $0, value: $1) }
        }
        for text in texts {
            guard let condition = condition(text) else { throw .noColumn(text, tableName) }
            conditions.append(condition)
        }
        guard !conditions.isEmpty else { throw .noCondition }
        return conditions
    }

    /// Reads `column=value`; the name of a column may have `=` in it.
    private func condition(_ text: String) -> RowCondition? {
        let bytes = Array(text.utf8)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "=") {
            let name = bytes[..<index]
            if shapes.contains(where: { $0.columns.contains { $0.name.utf8.elementsEqual(name) } }) {
                return RowCondition(
                    column: String(decoding: name, as: UTF8.self),
                    value: String(decoding: bytes[(index + 1)...], as: UTF8.self))
            }
        }
        return nil
    }
}

extension CanonicalValue {
    /// - Throws: ``GetError/value(column:type:expected:)`` if it is certain that the column has no such value.
    static func bytes(of text: String, _ column: ExportColumn) throws(GetError) -> [UInt8] {
        do throws(NoValue) {
            return try bytes(of: text, type: column.base ?? column.type)
        } catch {
            throw .value(column: column.name, type: column.type, expected: error.expected)
        }
    }
}
