import Bytes
import Rows

/// Writes canonical rows as they are, each with a newline: what `COPY … FROM` reads. There is no header.
struct CopyWriter: RowWriter {
    let header: [UInt8] = []
    private let columns: Int

    init(columns: [ExportColumn]) { self.columns = columns.count }

    func append(_ row: UnsafeRawBufferPointer, number: Int64, to output: inout ByteBuffer) throws(RowError) {
        try CanonicalRow.check(row, number: number, columns: columns)
        output.append(atMost: row.count + 1) { target in
            if let source = row.baseAddress { target.copyMemory(from: source, byteCount: row.count) }
            target.storeBytes(of: ASCII.newline, toByteOffset: row.count, as: UInt8.self)
            return row.count + 1
        }
    }
}

/// Reads what ``CopyWriter`` wrote.
struct CopyReader: RowReader {
    private var rows: CopyRows
    private let columns: Int

    init(columns: [ExportColumn], limit: Int) {
        rows = CopyRows(limit: limit)
        self.columns = columns.count
    }

    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var number = rows.count
        try rows.read(bytes) { [columns] row in
            number += 1
            try CanonicalRow.check(row, number: number, columns: columns)
            try body(row)
        }
    }

    func finish() throws(RowError) { try rows.finish() }
}

/// The rules for a row in canonical form.
enum CanonicalRow {
    /// - Throws: if the number of fields is not the number of columns, or if the server would have written the bytes
    ///   differently: an escape that it does not use, or an unescaped byte that it escapes.
    static func check(_ row: UnsafeRawBufferPointer, number: Int64, columns: Int) throws(RowError) {
        let found: Int
        do {
            found = try fields(row)
        } catch {
            throw .malformed(row: number, what: error.what)
        }
        guard found == columns || columns == 0 && row.isEmpty else {
            throw .fieldCount(row: number, expected: columns, found: found)
        }
    }

    private static func fields(_ row: UnsafeRawBufferPointer) throws(Flaw) -> Int {
        var (input, end) = row.bounds
        var found = 1
        if input.isNull(before: end) { input += 2 }
        while true {
            Escaped.skipOthers(&input, end)
            guard let byte = input.byte(before: end) else { return found }
            input += 1
            if byte == ASCII.tab {
                found += 1
                if input.isNull(before: end) { input += 2 }
            } else if byte == ASCII.backslash {
                guard let letter = input.byte(before: end), CopyText.control(letter: letter) != nil else {
                    throw .escape
                }
                input += 1
            } else if byte == 0 || CopyText.letter(of: byte) != nil {
                throw .control
            }
        }
    }
}
