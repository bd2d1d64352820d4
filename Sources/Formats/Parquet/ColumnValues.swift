import Rows

/// What one column has in a row group that is being filled.
///
/// The caller appends a value's bytes to ``values`` and then says that it is there. The bytes are those of the encoding
/// PLAIN: little-endian numbers, a length of four bytes before values of different lengths. A boolean has one byte.
package struct ColumnValues: Sendable {
    package let column: ColumnSchema
    /// The bytes of all values, one after the other.
    package var values = ByteBuffer()
    /// How many values there are in it.
    private(set) var count = 0
    /// For each value, and for each place where one is missing, whether it is there.
    private(set) var definition: [UInt8] = []
    /// For each of the same places whether it goes on with the list of the place before it. Empty if there are no lists.
    private(set) var repetition: [UInt8] = []

    package init(_ column: ColumnSchema) { self.column = column }

    /// Adds a row whose value or list is NULL.
    package mutating func appendNull() { append(level: 0, again: false) }

    /// Adds a row whose value was appended to ``values``.
    package mutating func appendValue() {
        append(level: 1, again: false)
        count += 1
    }

    /// Adds a row whose list is empty.
    package mutating func appendEmptyList() { append(level: 1, again: false) }

    /// Adds an element to a list. If it is there, it was appended to ``values``.
    /// - Parameter isFirst: true if it begins the list of another row.
    package mutating func appendElement(isNull: Bool, isFirst: Bool) {
        append(level: isNull ? 2 : 3, again: !isFirst)
        if !isNull { count += 1 }
    }

    private mutating func append(level: UInt8, again: Bool) {
        definition.append(level)
        if column.isList { repetition.append(again ? 1 : 0) }
    }

    /// Bytes that it takes in memory.
    package var bytes: Int { values.count + definition.count + repetition.count }

    package mutating func removeAll() {
        values.removeAll()
        count = 0
        definition.removeAll(keepingCapacity: definition.capacity <= Self.kept)
        repetition.removeAll(keepingCapacity: repetition.capacity <= Self.kept)
    }

    /// The most levels whose memory is kept for the next row group.
    private static let kept = 1 << 20
}
