import Rows

/// Turns canonical rows into the bytes of a file.
///
/// There is no state between rows: a row's bytes depend only on the row, so parts of a file can be written separately.
package protocol RowWriter: Sendable {
    /// The bytes before the first row: a header, or nothing.
    var header: [UInt8] { get }

    /// Appends a row's bytes, its line end included.
    /// - Parameters:
    ///   - row: in canonical form, without its newline.
    ///   - number: number of the row, from 1; used only in errors.
    /// - Throws: ``RowError`` if the row does not have as many fields as there are columns, or if the server does not
    ///   write such a row for columns of these kinds. Nothing is appended then.
    func append(_ row: UnsafeRawBufferPointer, number: Int64, to output: inout ByteBuffer) throws(RowError)
}

/// Turns the bytes of a file back into canonical rows: what ``RowWriter`` wrote, strictly.
package protocol RowReader: Sendable {
    /// Takes the next bytes of the file, cut at any place, and hands over the rows that they complete, in canonical
    /// form without newlines. A row's bytes are valid only during the call.
    /// - Throws: ``RowError`` if the writer would not have written these bytes; errors that `body` throws. After an
    ///   error, nothing more can be read.
    mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws

    /// Must be called at the end of the file.
    /// - Throws: ``RowError`` when it ended within a row, or before the header was whole.
    func finish() throws(RowError)
}

extension TextLayout {
    package func writer(for columns: [ExportColumn]) -> any RowWriter {
        switch self {
        case .csv: CSVWriter(columns: columns)
        case .jsonl: JSONLinesWriter(columns: columns)
        case .copy: CopyWriter(columns: columns)
        }
    }

    /// - Parameters:
    ///   - limit: the largest canonical row, in bytes.
    ///   - withHeader: false where the bytes begin with a row that is not the first one of a file.
    package func reader(
        for columns: [ExportColumn], limit: Int = CopyRows.maximumRow, withHeader: Bool = true
    ) -> any RowReader {
        switch self {
        case .csv: CSVReader(columns: columns, limit: limit, withHeader: withHeader)
        case .jsonl: JSONLinesReader(columns: columns, limit: limit)
        case .copy: CopyReader(columns: columns, limit: limit)
        }
    }
}
