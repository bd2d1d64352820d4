import Bytes
import Glibc
import Parquet
import Rows

/// Collects canonical rows as the columns of a row group.
struct ParquetRows {
    /// As ``ParquetWriter`` takes them.
    var group: [ColumnValues]
    /// Rows in the group.
    private(set) var rows = 0
    private let fixedBytes: Int
    private var textBytes = 0
    /// The text of a value, and of an element in it.
    private var text = ByteBuffer()
    private var element = ByteBuffer()

    init(_ columns: [ParquetColumn]) {
        group = columns.map { ColumnValues($0.schema) }
        fixedBytes = columns.reduce(0) { $0 + ($1.schema.isList ? 0 : $1.schema.type.width ?? 0) + 1 }
    }

    /// Bytes of the group in memory; where values have one length, as if no value was missing.
    var bytes: Int { textBytes + rows * fixedBytes }

    /// - Parameter number: number of the row, from 1; used only in errors.
    /// - Throws: ``RowError`` if the row is not one that the server writes for these columns, or has a value that a column
    ///   cannot hold. The group cannot be used after that.
    mutating func append(_ row: UnsafeRawBufferPointer, number: Int64) throws(RowError) {
        do {
            try append(row)
        } catch {
            throw error.error(row: number, columns: group.count, found: countFields(row))
        }
    }

    private mutating func append(_ row: UnsafeRawBufferPointer) throws(Flaw) {
        var (input, end) = row.bounds
        for index in group.indices {
            if index > 0 {
                guard input.byte(before: end) == ASCII.tab else { throw .fieldCount }
                input += 1
            }
            let tab = input < end ? memchr(input, Int32(ASCII.tab), end - input) : nil
            let fieldEnd = tab.map { UnsafeRawPointer($0) } ?? end
            let field = UnsafeRawBufferPointer(start: input, count: fieldEnd - input)
            input = fieldEnd
            if CopyText.isNull(field) {
                group[index].appendNull()
            } else {
                try append(field, to: index)
            }
        }
        guard input == end else { throw .fieldCount }
        rows += 1
    }

    /// - Parameter field: still escaped, not NULL.
    private mutating func append(_ field: UnsafeRawBufferPointer, to index: Int) throws(Flaw) {
        let column = group[index].column
        if !column.isList, column.type == .text || column.type == .json {
            try group[index].values.append(atMost: 4 + field.count + ByteBlock.count) { start throws(Flaw) in
                var output = start + 4
                try Self.unescape(field, to: &output)
                let size = output - start - 4
                start.storeBytes(of: UInt32(size).littleEndian, as: UInt32.self)
                return 4 + size
            }
            group[index].appendValue()
            textBytes += field.count + 4
        } else if column.isList || column.type == .binary {
            text.removeAll()
            try text.append(atMost: field.count + ByteBlock.count) { start throws(Flaw) in
                var output = start
                try Self.unescape(field, to: &output)
                return output - start
            }
            textBytes += field.count + 4
            try appendText(to: index, isList: column.isList)
        } else {
            try TypedText.write(field, column.type, to: &group[index].values)
            group[index].appendValue()
        }
    }

    /// Appends the value whose text is in `text`.
    private mutating func appendText(to index: Int, isList: Bool) throws(Flaw) {
        let type = group[index].column.type
        try text.withBytes { bytes throws(Flaw) in
            if isList {
                try ArrayElements.write(bytes, to: &group[index], &element)
            } else {
                try TypedText.write(bytes, type, to: &group[index].values)
                group[index].appendValue()
            }
        }
    }

    /// Writes a field without its escapes.
    /// - Parameter output: up to 15 bytes behind what is written are also overwritten.
    private static func unescape(
        _ field: UnsafeRawBufferPointer, to output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        var (input, end) = field.bounds
        while true {
            Escaped.copyOthers(&input, end, to: &output)
            guard let byte = input.byte(before: end) else { return }
            input += 1
            if byte == ASCII.backslash {
                guard let letter = input.byte(before: end), let value = CopyText.control(letter: letter) else {
                    throw .escape
                }
                output.put(value)
                input += 1
            } else {
                guard byte != 0, CopyText.letter(of: byte) == nil else { throw .control }
                output.put(byte)
            }
        }
    }

    /// Call when the group was written.
    mutating func removeAll() {
        for index in group.indices { group[index].removeAll() }
        (rows, textBytes) = (0, 0)
    }
}
