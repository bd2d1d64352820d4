import Glibc

/// What a footer says of a column of a row group, so that readers can skip it: how many values are missing, and the smallest
/// and the largest value where their order is certain.
struct ColumnStatistics: Equatable {
    var nulls: Int
    /// The smallest and the largest value, without a length before it. Nil if there is no value, a value that has no order
    /// (NaN), or values that are too long to be of use.
    var range: Range?

    struct Range: Equatable {
        var minimum: [UInt8]
        var maximum: [UInt8]
    }

    /// Longer texts are not written.
    private static let maximumLength = 64

    /// - Parameter values: as ``ColumnValues`` has them, or those of a dictionary all of whose entries are used.
    init(_ column: ColumnSchema, nulls: Int, values: UnsafeRawBufferPointer, count: Int) {
        self.nulls = nulls
        range = column.isList || count == 0 ? nil : Self.range(of: column.type, values, count)
    }

    private static func range(
        of type: ColumnSchema.ValueType, _ values: UnsafeRawBufferPointer, _ count: Int
    ) -> Range? {
        switch type {
        case .boolean: numbers(values, count, as: UInt8.self)
        case .int16, .int32, .date: numbers(values, count, as: Int32.self)
        case .int64, .timestamp: numbers(values, count, as: Int64.self)
        case .float: floats(values, count, as: Float.self)
        case .double: floats(values, count, as: Double.self)
        case .decimal: fixed(values, type.width ?? 0, isSigned: true)
        case .uuid: fixed(values, 16, isSigned: false)
        case .text, .binary: texts(values, count)
        // JSON has no order that would be of use.
        case .json: nil
        }
    }

    private static func numbers<Number: FixedWidthInteger>(
        _ values: UnsafeRawBufferPointer, _ count: Int, as: Number.Type
    ) -> Range {
        var (minimum, maximum) = (Number.max, Number.min)
        for index in 0..<count {
            let value = values.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
            minimum = min(minimum, Number(littleEndian: value))
            maximum = max(maximum, Number(littleEndian: value))
        }
        return Range(minimum: bytes(minimum.littleEndian), maximum: bytes(maximum.littleEndian))
    }

    /// Zeros are written as -0 where they are the smallest, and as 0 where they are the largest, because readers differ in
    /// which of them is smaller (parquet.thrift, `TypeDefinedOrder`).
    private static func floats<Number: BinaryFloatingPoint>(
        _ values: UnsafeRawBufferPointer, _ count: Int, as: Number.Type
    ) -> Range? {
        var (minimum, maximum) = (Number.infinity, -Number.infinity)
        for index in 0..<count {
            let value = values.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: Number.self)
            if value.isNaN { return nil }
            minimum = min(minimum, value)
            maximum = max(maximum, value)
        }
        return Range(minimum: bytes(minimum == 0 ? -0.0 : minimum), maximum: bytes(maximum == 0 ? 0.0 : maximum))
    }

    private static func fixed(_ values: UnsafeRawBufferPointer, _ width: Int, isSigned: Bool) -> Range? {
        guard let base = values.baseAddress else { return nil }
        func isLess(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer) -> Bool {
            if isSigned {
                let (first, second) = (one.load(as: Int8.self), other.load(as: Int8.self))
                if first != second { return first < second }
            }
            return memcmp(one, other, width) < 0
        }
        var (minimum, maximum) = (base, base)
        for offset in stride(from: width, to: values.count, by: width) {
            let value = base + offset
            if isLess(value, minimum) { minimum = value }
            if isLess(maximum, value) { maximum = value }
        }
        return Range(
            minimum: Array(UnsafeRawBufferPointer(start: minimum, count: width)),
            maximum: Array(UnsafeRawBufferPointer(start: maximum, count: width)))
    }

    /// Compared by bytes, which for UTF-8 is the order of its characters' numbers.
    private static func texts(_ values: UnsafeRawBufferPointer, _ count: Int) -> Range? {
        guard var next = values.baseAddress else { return nil }
        func isLess(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
            let order =
                one.isEmpty || other.isEmpty
                ? 0 : memcmp(one.baseAddress!, other.baseAddress!, min(one.count, other.count))
            return order == 0 ? one.count < other.count : order < 0
        }
        var range: (minimum: UnsafeRawBufferPointer, maximum: UnsafeRawBufferPointer)?
        for _ in 0..<count {
            let size = Int(UInt32(littleEndian: next.loadUnaligned(as: UInt32.self)))
            guard size <= maximumLength else { return nil }
            let value = UnsafeRawBufferPointer(start: next + 4, count: size)
            next += 4 + size
            guard let known = range else {
                range = (value, value)
                continue
            }
            if isLess(value, known.minimum) { range?.minimum = value }
            if isLess(known.maximum, value) { range?.maximum = value }
        }
        return range.map { Range(minimum: Array($0.minimum), maximum: Array($0.maximum)) }
    }

    private static func bytes(_ number: some Any) -> [UInt8] { withUnsafeBytes(of: number, Array.init) }
}

extension ThriftWriter {
    /// Writes `Statistics` of parquet.thrift.
    mutating func field(_ id: Int, _ statistics: ColumnStatistics) {
        field(id) {
            $0.field(3, i64: Int64(statistics.nulls))
            if let range = statistics.range {
                $0.field(5, binary: range.maximum)
                $0.field(6, binary: range.minimum)
            }
        }
    }
}
