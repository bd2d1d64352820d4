import Compression
import Parquet
import Rows

/// Rows as columns, in row groups of so many bytes.
final class ParquetEncoder: PartEncoder {
    private var rows: ParquetRows
    private var writer: ParquetWriter
    private let rowGroupBytes: Int
    private let createdBy: String

    /// - Parameter rowGroupBytes: nil for those of the encoding; less in tests.
    init(_ columns: [ParquetColumn], _ encoding: PartEncoding, rowGroupBytes: Int? = nil) throws {
        rows = ParquetRows(columns)
        writer = try ParquetWriter(columns.map(\.schema), encoding.settings)
        self.rowGroupBytes = rowGroupBytes ?? encoding.compression.rowGroupBytes
        // The form by which Spark recognises programs; a name without a build makes it distrust the file.
        createdBy = "pgassay version \(encoding.toolVersion) (build \(encoding.toolVersion))"
    }

    func add(
        _ row: UnsafeRawBufferPointer, number: Int64, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try rows.append(row, number: number)
        if rows.bytes >= rowGroupBytes { try endRowGroup(to: sink) }
    }

    private func endRowGroup(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try writer.write(&rows.group, rows: rows.rows, to: sink)
        rows.removeAll()
    }

    func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws -> PartSizes {
        try endRowGroup(to: sink)
        try writer.finish(createdBy: createdBy, to: sink)
        return PartSizes(rawBytes: writer.rawBytes, groups: writer.groups.map(GroupSizes.init))
    }
}

/// Every page, with its checksum, is compared with the footer.
final class ParquetDecoder: PartDecoder {
    private var reader: ParquetReader
    private var rows: CanonicalRows

    /// - Parameters:
    ///   - limit: the largest row, in bytes.
    ///   - limits: what no page exceeds.
    init(
        _ columns: [ParquetColumn], limit: Int = CopyRows.maximumRow,
        limits: ParquetReader.Limits = ParquetReader.Limits()
    ) throws {
        reader = try ParquetReader(columns.map(\.schema), limits: limits)
        rows = CanonicalRows(limit: limit)
    }

    func read(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try reader.read(bytes) { try rows.read(&$0, rows: $1, body) }
    }

    func finish() throws -> PartSizes {
        let contents = try reader.finish()
        return PartSizes(rawBytes: contents.rawBytes, groups: contents.groups.map(GroupSizes.init))
    }
}

extension GroupSizes {
    fileprivate init(_ group: ParquetGroup) { self.init(bytes: group.bytes, rawBytes: group.rawBytes) }
}
