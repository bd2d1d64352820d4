/// A column of a Parquet file: its values may be missing (NULL), and it may hold lists of values.
package struct ColumnSchema: Sendable, Equatable {
    package var name: String
    package var type: ValueType
    /// True if it holds lists of such values. Values in a list may be missing, too.
    package var isList: Bool

    package init(name: String, type: ValueType, isList: Bool = false) {
        self.name = name
        self.type = type
        self.isList = isList
    }

    /// What the values are, and how they are stored (LogicalTypes.md of Apache Parquet).
    package enum ValueType: Sendable, Equatable {
        case boolean
        /// 32-bit integers.
        case int16, int32
        case int64
        case float, double
        /// Big-endian, in as few bytes as hold every number of this precision.
        case decimal(precision: Int, scale: Int)
        /// Days since 1970-01-01, 32 bits.
        case date
        /// Microseconds since 1970-01-01 00:00:00, 64 bits; in UTC, or in no time zone.
        case timestamp(inUTC: Bool)
        /// 16 bytes.
        case uuid
        /// UTF-8.
        case text
        /// UTF-8 that is JSON.
        case json
        case binary
    }

    /// The largest definition level: of a value that is there.
    var maximumDefinition: UInt8 { isList ? 3 : 1 }

    /// The name of the column that holds the values, with those of what it is in.
    var path: [String] { isList ? [name, "list", "element"] : [name] }
}

extension ColumnSchema.ValueType {
    /// Types of storage, as Parquet numbers them.
    enum Storage: Int32 {
        case boolean = 0
        case int32 = 1
        case int64 = 2
        case float = 4
        case double = 5
        case bytes = 6
        case fixedBytes = 7
    }

    var storage: Storage {
        switch self {
        case .boolean: .boolean
        case .int16, .int32, .date: .int32
        case .int64, .timestamp: .int64
        case .float: .float
        case .double: .double
        case .decimal, .uuid: .fixedBytes
        case .text, .json, .binary: .bytes
        }
    }

    /// Bytes of a value in memory; nil if values differ in length. A boolean has one byte in memory and one bit in a file.
    package var width: Int? {
        switch self {
        case .boolean: 1
        case .int16, .int32, .date, .float: 4
        case .int64, .timestamp, .double: 8
        case .decimal(let precision, _): Self.decimalWidth(precision)
        case .uuid: 16
        case .text, .json, .binary: nil
        }
    }

    /// The fewest bytes that hold every number of so many digits, 1 to 38, and its sign.
    private static func decimalWidth(_ precision: Int) -> Int {
        let largest = (0..<precision).reduce(Int128(1)) { product, _ in product * 10 } - 1
        return (128 - largest.leadingZeroBitCount) / 8 + 1
    }
}
