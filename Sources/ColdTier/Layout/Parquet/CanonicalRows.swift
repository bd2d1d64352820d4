import Bytes
import Parquet
import Rows

/// Makes the canonical rows of a row group of a Parquet file.
struct CanonicalRows {
    private let limit: Int
    private var number: Int64 = 0
    private var row = ByteBuffer()
    private var array = ByteBuffer()

    /// The most bytes that all rows of a group but the last have. A group ends when its values have 128 MiB, and the text of
    /// a value is less than five times as long.
    private static let maximumGroup = 5 * Int(ExportManifest.Compression.rowGroups.upperBound)

    /// - Parameter limit: the largest row, in bytes.
    init(limit: Int) { self.limit = limit }

    /// - Throws: ``RowError``; what `body` throws.
    mutating func read(
        _ columns: inout [DecodedColumn], rows: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        // Of each column, the place of the next row among its values and missing values.
        var places = Array(repeating: 0, count: columns.count)
        var bytes = 0
        for _ in 0..<rows {
            number += 1
            row.removeAll()
            guard bytes < Self.maximumGroup else { throw RowError.tooLong(row: number) }
            do throws(Flaw) {
                for index in columns.indices {
                    if index > 0 { put(ASCII.tab) }
                    try field(&columns[index], &places[index])
                    guard row.count <= limit else { throw .room }
                }
            } catch {
                throw error == .room
                    ? RowError.tooLong(row: number) : error.error(row: number, columns: columns.count, found: 0)
            }
            bytes += row.count + 1
            try row.withUnsafeBytes(body)
        }
    }

    private mutating func put(_ byte: UInt8) {
        row.append(atMost: 1) { target in
            target.storeBytes(of: byte, as: UInt8.self)
            return 1
        }
    }

    private mutating func field(_ column: inout DecodedColumn, _ place: inout Int) throws(Flaw) {
        let level = column.definition[place]
        place += 1
        guard level > 0 else {
            row.append(atMost: 2) { target in
                var output = target
                output.put(ASCII.backslash, UInt8(ascii: "N"))
                return 2
            }
            return
        }
        let type = column.column.type
        if column.column.isList {
            try list(&column, &place)
            try array.withBytes { bytes throws(Flaw) in try Self.escape(bytes, to: &row) }
            return
        }
        switch type {
        case .text, .json: try column.withNext { value throws(Flaw) in try Self.escape(value, to: &row) }
        case .binary:
            try column.withNext { value throws(Flaw) in
                try row.append(atMost: 2 * value.count + 3) { start throws(Flaw) in
                    var output = start
                    output.put(ASCII.backslash)
                    try TypedText.read(value, type, to: &output)
                    return output - start
                }
            }
        default:
            try column.withNext { value throws(Flaw) in
                try row.append(atMost: TypedText.room(type, size: value.count)) { start throws(Flaw) in
                    var output = start
                    try TypedText.read(value, type, to: &output)
                    return output - start
                }
            }
        }
    }

    /// Makes the text of the list whose first place is before `place`.
    private mutating func list(_ column: inout DecodedColumn, _ place: inout Int) throws(Flaw) {
        array.removeAll()
        var first = place - 1
        if column.definition[first] == 1 {
            array.append(Array("{}".utf8))
            return
        }
        let type = column.column.type
        repeat {
            let isFirst = array.isEmpty
            if column.definition[first] == 2 {
                array.append(Array((isFirst ? "{" : ",").utf8))
                array.append(Array("NULL".utf8))
            } else {
                try column.withNext { value throws(Flaw) in
                    try ArrayElements.read(value, type, isFirst: isFirst, to: &array)
                }
            }
            guard array.count <= limit else { throw .room }
            first += 1
        } while first < column.repetition.count && column.repetition[first] == 1
        place = first
        array.append([ASCII.closeBrace])
    }

    /// Appends a value with the escapes of COPY.
    private static func escape(_ value: UnsafeRawBufferPointer, to row: inout ByteBuffer) throws(Flaw) {
        try row.append(atMost: 2 * value.count + ByteBlock.count) { start throws(Flaw) in
            var (input, end) = value.bounds
            var output = start
            while true {
                Escaped.copyOthers(&input, end, to: &output)
                guard let byte = input.byte(before: end) else { return output - start }
                input += 1
                if let letter = CopyText.letter(of: byte) {
                    output.put(ASCII.backslash, letter)
                } else {
                    guard byte != 0 else { throw .control }
                    output.put(byte)
                }
            }
        }
    }
}
