import Rows

/// Turns canonical rows into the bytes of a file.
///
/// Without state between rows: a row's bytes depend on the row alone, so parts of a file can be written apart.
package protocol RowWriter: Sendable {
    /// What stands before the first row: a header, or nothing.
    var header: [UInt8] { get }

    /// Appends a row's bytes, its line end included.
    /// - Parameters:
    ///   - row: in canonical form, without its newline.
    ///   - number: of the row, from 1; only errors name it.
    /// - Throws: ``RowError`` when the row has not as many fields as there are columns, or is nothing that the server
    ///   writes for columns of these kinds. Nothing is appended then.
    func append(_ row: UnsafeRawBufferPointer, number: Int64, to output: inout ByteBuffer) throws(RowError)
}

/// Turns the bytes of a file back into canonical rows: what ``RowWriter`` wrote, strictly.
package protocol RowReader: Sendable {
    /// Takes the next bytes of the file, wherever they were cut, and hands over the rows that they complete, in canonical
    /// form without newlines. A row's memory is only good during the call.
    /// - Throws: ``RowError`` when the bytes are nothing that the writer would have written; what `body` throws. Nothing
    ///   more can be read after that.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws

    /// Says that the file has come to its end.
    /// - Throws: ``RowError`` when it ended within a row, or before the header was whole.
    func finish() throws(RowError)
}

extension ExportLayout {
    package func writer(for columns: [ExportColumn]) -> any RowWriter {
        switch self {
        case .csv: CSVWriter(columns: columns)
        case .jsonl: JSONLinesWriter(columns: columns)
        case .copy: CopyWriter(columns: columns)
        }
    }

    /// - Parameter limit: the largest canonical row, in bytes.
    package func reader(for columns: [ExportColumn], limit: Int = CopyRows.maximumRow) -> any RowReader {
        switch self {
        case .csv: CSVReader(columns: columns, limit: limit)
        case .jsonl: JSONLinesReader(columns: columns, limit: limit)
        case .copy: CopyReader(columns: columns, limit: limit)
        }
    }
}
