import Compression
import Parquet
import TestSupport

/// A file of a few values, for tests that write and read it.
struct ParquetFile: Sendable {
    /// A value; a list of values; or nothing.
    indirect enum Item: Sendable, Equatable {
        case null
        /// Its bytes, without a length before them.
        case value([UInt8])
        case list([Item])
    }

    var columns: [ColumnSchema]
    /// Of each row group, of each row, an item of each column.
    var groups: [[[Item]]]

    var bytes: [UInt8] {
        get throws {
            var writer = try ParquetWriter(columns, SeekableZstdSettings())
            var file: [UInt8] = []
            for rows in groups {
                var group = columns.map(ColumnValues.init)
                for row in rows {
                    for (index, item) in row.enumerated() { group[index].append(item) }
                }
                try writer.write(&group, rows: rows.count) { file += $0 }
            }
            try writer.finish(createdBy: "pgassay version 1.2.3 (build test)") { file += $0 }
            return file
        }
    }

    /// - Parameter cut: how many bytes are passed to the reader at a time.
    static func read(
        _ bytes: [UInt8], _ columns: [ColumnSchema], cut: Int = .max, limits: ParquetReader.Limits = .init()
    ) throws -> (groups: [[[Item]]], contents: ParquetReader.Contents) {
        var reader = try ParquetReader(columns, limits: limits)
        var groups: [[[Item]]] = []
        for start in stride(from: 0, to: bytes.count, by: min(cut, max(1, bytes.count))) {
            // Memory of its own, so that reading beyond its end would not go unnoticed under a sanitizer.
            try Array(bytes[start..<min(bytes.count, start + min(cut, bytes.count))]).withUnsafeBytes { piece in
                try reader.read(piece) { columns, rows in
                    let items = columns.indices.map { columns[$0].items }
                    groups.append((0..<rows).map { row in items.map { $0[row] } })
                }
            }
        }
        return (groups, try reader.finish())
    }
}

extension ColumnValues {
    mutating func append(_ item: ParquetFile.Item) {
        switch item {
        case .null: appendNull()
        case .value(let bytes):
            put(bytes)
            appendValue()
        case .list(let items):
            if items.isEmpty { appendEmptyList() }
            for (index, item) in items.enumerated() {
                if case .value(let bytes) = item { put(bytes) }
                appendElement(isNull: item == .null, isFirst: index == 0)
            }
        }
    }

    private mutating func put(_ bytes: [UInt8]) {
        if column.type.width == nil { values.append(withUnsafeBytes(of: UInt32(bytes.count).littleEndian, Array.init)) }
        values.append(bytes)
    }
}

extension DecodedColumn {
    /// An item for each row.
    fileprivate var items: [ParquetFile.Item] {
        mutating get {
            var items: [ParquetFile.Item] = []
            for (index, level) in definition.enumerated() {
                let value = level == (column.isList ? 3 : 1) ? nextValue() : .null
                guard column.isList else {
                    items.append(value)
                    continue
                }
                if repetition[index] == 0 {
                    items.append(level == 0 ? .null : .list(level == 1 ? [] : [value]))
                } else if case .list(let list) = items.removeLast() {
                    items.append(.list(list + [value]))
                }
            }
            return items
        }
    }

    private mutating func nextValue() -> ParquetFile.Item {
        var item = ParquetFile.Item.null
        withNext { item = .value(Array($0)) }
        return item
    }
}

// MARK: Values of every type

extension ParquetFile {
    static let types: [ColumnSchema.ValueType] = [
        .boolean, .int16, .int32, .int64, .float, .double, .decimal(precision: 1, scale: 0),
        .decimal(precision: 10, scale: 2), .decimal(precision: 38, scale: 38), .date, .timestamp(inUTC: true),
        .timestamp(inUTC: false), .uuid, .text, .json, .binary,
    ]

    /// Columns of every type, and of lists of every type, with random values; the same at each run.
    /// - Parameter variety: how many different values a column has at most.
    static func everything(rows: [Int], variety: Int = 1 << 20) -> ParquetFile {
        var generator = SeededGenerator(UInt64(variety))
        let columns = types.enumerated().flatMap { index, type in
            [
                ColumnSchema(name: "c\(index)", type: type),
                ColumnSchema(name: "list \(index)", type: type, isList: true),
            ]
        }
        let pools = columns.map { column in
            (0..<variety.clamped(to: 1...50)).map { _ in random(column.type, &generator) }
        }
        func value(of column: Int) -> Item {
            switch Int.random(in: 0...9, using: &generator) {
            case 0: .null
            default: .value(pools[column].randomElement(using: &generator)!)
            }
        }
        let groups = rows.map { count in
            (0..<count).map { _ in
                columns.indices.map { index -> Item in
                    guard columns[index].isList, Int.random(in: 0...9, using: &generator) > 0 else {
                        return columns[index].isList ? .null : value(of: index)
                    }
                    return .list((0..<Int.random(in: 0...4, using: &generator)).map { _ in value(of: index) })
                }
            }
        }
        return ParquetFile(columns: columns, groups: groups)
    }

    private static func random(_ type: ColumnSchema.ValueType, _ generator: inout SeededGenerator) -> [UInt8] {
        switch type {
        case .boolean: [UInt8.random(in: 0...1, using: &generator)]
        case .text: Array(String(repeating: "žito ", count: Int.random(in: 0...20, using: &generator)).utf8)
        case .json: Array("[\(Int.random(in: 0...99, using: &generator))]".utf8)
        default:
            (0..<(type.width ?? Int.random(in: 0...90, using: &generator))).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        }
    }
}

extension Int {
    fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
