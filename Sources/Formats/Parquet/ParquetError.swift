/// Why bytes are not a Parquet file that ``ParquetWriter`` writes for these columns. It never quotes values.
package enum ParquetError: Error, Sendable, Equatable {
    /// The file does not begin with `PAR1`.
    case noMagic
    /// The file ended before its footer was whole.
    case truncated(bytes: Int64)
    /// A page is wrong. Row groups count from 0; `offset` is where its header begins, in bytes.
    case page(rowGroup: Int, column: String, offset: Int64, PageFlaw)
    /// The footer is not the one that belongs to the pages before it. `offset` is where it begins, in bytes.
    case footer(offset: Int64)
    /// More is in the file than is ever written: more rows or bytes in one row group.
    case tooLarge(rowGroup: Int)
    /// The values of one column of a row group take more than a page can hold (2 GiB).
    case pageTooLarge(column: String)
    /// The compressor failed.
    case compression(String)
}

extension ParquetError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noMagic: "it does not begin as a Parquet file does: it is damaged, or something else"
        case .truncated(let bytes):
            "it ends too early, after \(bytes) bytes: what is missing was never written, or was cut off later"
        case .page(let rowGroup, let column, let offset, let flaw):
            "row group \(rowGroup), column \(column), page at offset \(offset): \(flaw)"
        case .footer(let offset):
            "the footer at offset \(offset) is not the one that belongs to the pages before it: it is damaged, or another tool's"
        case .tooLarge(let rowGroup): "row group \(rowGroup) holds more rows than are ever written into one"
        case .pageTooLarge(let column):
            "the values of the column \(column) take more than 2 GiB in one row group: use smaller row groups"
        case .compression(let reason): reason
        }
    }
}

/// What is wrong with a page.
package enum PageFlaw: Error, Sendable, Equatable {
    /// The bytes end before the page does. This is an error only if no more bytes come.
    case incomplete
    case header
    case checksum
    case compression(String)
    case levels
    case values
    case dictionary
    case rows(expected: Int, found: Int)
}

extension PageFlaw: CustomStringConvertible {
    package var description: String {
        switch self {
        case .incomplete: "it ends too early"
        case .header: "its header is not one that is ever written: it is damaged, or another tool's"
        case .checksum: "its bytes do not match its checksum: it is damaged"
        case .compression(let reason): reason
        case .levels: "its levels, which say where values are missing, are not as they are written"
        case .values: "its values do not fill it exactly"
        case .dictionary: "it names entries that its dictionary does not have, or its dictionary has entries twice"
        case .rows(let expected, let found): "it has \(found) rows, and the other columns have \(expected)"
        }
    }
}
