/// What is in a file, as its end says (`FileMetaData` in parquet.thrift).
struct Footer {
    static let magic = Array("PAR1".utf8)
    /// The length of the metadata, and the magic.
    static let tailSize = 8
    /// How the metadata begins. No page begins so: it would be one of an index.
    static let firstBytes: [UInt8] = [0x15, 0x02]

    let columns: [ColumnSchema]
    var rowGroups: [RowGroup] = []

    struct RowGroup {
        var rows: Int
        var chunks: [Chunk]
    }

    /// The pages of one column in a row group.
    struct Chunk {
        /// Where its first page begins, in bytes from the start of the file.
        var start: Int64
        /// Where its page of data begins. The same as `start` if there is no dictionary before it.
        var dataStart: Int64
        var values: Int
        /// Bytes of its pages before and after compression, with their headers.
        var uncompressedSize: Int64
        var compressedSize: Int64
        var statistics: ColumnStatistics

        var hasDictionary: Bool { dataStart > start }
    }

    /// The bytes of the metadata, its length and the magic at the end of the file.
    /// - Parameter createdBy: the writing program in the form `name version 1.2.3 (build x)`, by which readers recognise the
    ///   faults of old versions.
    func encoded(createdBy: String) -> [UInt8] {
        var name = ThriftWriter(after: 4)
        name.field(6, binary: Array(createdBy.utf8))
        let metadata = beforeName + name.bytes + afterName
        return metadata + withUnsafeBytes(of: UInt32(metadata.count).littleEndian, Array.init) + Self.magic
    }

    /// The metadata up to the name of the program.
    var beforeName: [UInt8] {
        var writer = ThriftWriter()
        writer.field(1, i32: 1)
        writer.field(2, schema: columns)
        writer.field(3, i64: rowGroups.reduce(0) { $0 + Int64($1.rows) })
        writer.field(4, .structure, each: rowGroups) { writer, group in
            writer.structure { write(group, to: &$0) }
        }
        return writer.bytes
    }

    /// The metadata behind the name of the program.
    private var afterName: [UInt8] {
        var writer = ThriftWriter(after: 6)
        // Values are in the order of their type.
        writer.field(7, .structure, each: columns) { writer, _ in
            writer.structure { $0.field(1) { _ in } }
        }
        return writer.bytes + [0]
    }

    private func write(_ group: RowGroup, to writer: inout ThriftWriter) {
        writer.field(1, .structure, each: zip(columns, group.chunks).map { ($0, $1) }) { writer, chunk in
            writer.structure {
                $0.field(2, i64: 0)
                $0.field(3) { write(chunk.0, chunk.1, to: &$0) }
            }
        }
        writer.field(2, i64: group.chunks.reduce(0) { $0 + $1.uncompressedSize })
        writer.field(3, i64: Int64(group.rows))
        if let first = group.chunks.first { writer.field(5, i64: first.start) }
        writer.field(6, i64: group.chunks.reduce(0) { $0 + $1.compressedSize })
    }

    private func write(_ column: ColumnSchema, _ chunk: Chunk, to writer: inout ThriftWriter) {
        writer.field(1, i32: column.type.storage.rawValue)
        let encodings: [Encoding] = chunk.hasDictionary ? [.plain, .runs, .dictionary] : [.plain, .runs]
        writer.field(2, .i32, each: encodings) { $0.element(i32: $1.rawValue) }
        writer.field(3, .binary, each: column.path) { $0.element(Array($1.utf8)) }
        writer.field(4, i32: Self.zstd)
        writer.field(5, i64: Int64(chunk.values))
        writer.field(6, i64: chunk.uncompressedSize)
        writer.field(7, i64: chunk.compressedSize)
        writer.field(9, i64: chunk.dataStart)
        if chunk.hasDictionary { writer.field(11, i64: chunk.start) }
        writer.field(12, chunk.statistics)
    }

    /// The number of zstd among the codecs.
    private static let zstd: Int32 = 6
}
