import Compression
import Rows

/// Writes a Parquet file: row groups one after the other, then the footer that says where they are.
///
///     var writer = try ParquetWriter(columns, settings)
///     for each row group {
///         try writer.write(&columnValues, rows: 1000, to: file)
///     }
///     try writer.finish(createdBy: "pgassay version 1.2.3 (build release)", to: file)
///
/// In a row group each column has one page of data, behind a page of its dictionary if that saves half of the bytes. After
/// an error, the writer cannot be used any more. Memory use: one column of a row group, and about 100 bytes for each column
/// of each row group.
package struct ParquetWriter: ~Copyable {
    /// Bytes of all pages before compression.
    package private(set) var rawBytes: Int64 = 0
    /// In the order of the file.
    package private(set) var groups: [ParquetGroup] = []
    /// Bytes that were passed to the sinks in total.
    private var bytes: Int64 = 0
    private var footer: Footer
    private let compressor: ZstdBlockEncoder

    /// - Throws: ``ParquetError/compression(_:)``.
    package init(_ columns: [ColumnSchema], _ settings: SeekableZstdSettings) throws(ParquetError) {
        footer = Footer(columns: columns)
        do throws(SeekableZstdWriterError) {
            compressor = try ZstdBlockEncoder(settings)
        } catch {
            throw .compression("\(error)")
        }
    }

    /// Writes a row group. Does nothing if it has no rows.
    /// - Parameter group: its columns, in the order of the schema; they are empty afterwards.
    /// - Throws: ``ParquetError``; what `sink` throws.
    package mutating func write(
        _ group: inout [ColumnValues], rows: Int, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard rows > 0 else { return }
        try begin(sink)
        let start = (bytes: bytes, rawBytes: rawBytes)
        var chunks: [Footer.Chunk] = []
        chunks.reserveCapacity(group.count)
        for index in group.indices {
            chunks.append(try write(group[index], sink))
            group[index].removeAll()
        }
        footer.rowGroups.append(Footer.RowGroup(rows: rows, chunks: chunks))
        groups.append(ParquetGroup(bytes: bytes - start.bytes, rawBytes: rawBytes - start.rawBytes))
    }

    /// Writes the footer.
    /// - Throws: what `sink` throws.
    package mutating func finish(createdBy: String, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try begin(sink)
        try put(footer.encoded(createdBy: createdBy), sink)
    }

    private mutating func begin(_ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        if bytes == 0 { try put(Footer.magic, sink) }
    }

    private mutating func put(_ piece: [UInt8], _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try piece.withUnsafeBytes(sink)
        bytes += Int64(piece.count)
    }

    private mutating func write(
        _ column: ColumnValues, _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Footer.Chunk {
        let dictionary = column.values.withUnsafeBytes { values in
            column.column.type == .boolean
                ? nil : ValueDictionary(values, count: column.count, width: column.column.type.width)
        }
        let statistics = column.values.withUnsafeBytes { values in
            ColumnStatistics(
                column.column, nulls: column.definition.count - column.count, values: values, count: column.count)
        }
        var chunk = Footer.Chunk(
            start: bytes, dataStart: bytes, values: column.definition.count, uncompressedSize: 0, compressedSize: 0,
            statistics: statistics)
        if let dictionary {
            try page(dictionary.entries, .dictionary, values: dictionary.count, of: column, &chunk, sink)
            chunk.dataStart = bytes
        }
        let encoding: Encoding = dictionary == nil ? .plain : .dictionary
        try page(
            PageBody.encoded(column, dictionary), .data(encoding), values: column.definition.count, of: column, &chunk,
            sink)
        return chunk
    }

    private mutating func page(
        _ body: [UInt8], _ kind: PageHeader.Kind, values: Int, of column: ColumnValues, _ chunk: inout Footer.Chunk,
        _ sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        // As long as zstd may make it.
        guard body.count + body.count / 128 + 1024 <= Int(Int32.max), values <= Int(Int32.max) else {
            throw ParquetError.pageTooLarge(column: column.column.name)
        }
        let compressed: [UInt8]
        do {
            compressed = try body.withUnsafeBytes { try compressor.encode($0) }
        } catch {
            throw ParquetError.compression("\(error)")
        }
        let header = PageHeader(
            uncompressedSize: body.count, compressedSize: compressed.count,
            checksum: compressed.withUnsafeBytes(PageChecksum.of), values: values, kind: kind
        ).encoded
        try put(header, sink)
        try put(compressed, sink)
        rawBytes += Int64(body.count)
        chunk.uncompressedSize += Int64(header.count + body.count)
        chunk.compressedSize += Int64(header.count + compressed.count)
    }
}

/// The sizes of a row group. The first one begins behind the magic, and each other one where the one before it ends.
package struct ParquetGroup: Sendable, Equatable {
    /// In the file.
    package var bytes: Int64
    /// Of its pages before compression.
    package var rawBytes: Int64

    /// Bytes before the first row group.
    package static let start: Int64 = 4
}
