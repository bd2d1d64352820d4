/// What is before the bytes of a page (`PageHeader` in parquet.thrift).
struct PageHeader: Equatable {
    /// Bytes before compression, and in the file.
    var uncompressedSize: Int
    var compressedSize: Int
    /// CRC-32 of the bytes as they are in the file.
    var checksum: UInt32
    /// How many values it has, missing ones included.
    var values: Int
    var kind: Kind

    enum Kind: Equatable {
        case dictionary
        case data(Encoding)
    }

    /// No header is longer.
    static let maximumSize = 64

    var encoded: [UInt8] {
        var writer = ThriftWriter()
        writer.structure { writer in
            writer.field(1, i32: kind == .dictionary ? 2 : 0)
            writer.field(2, i32: Int32(uncompressedSize))
            writer.field(3, i32: Int32(compressedSize))
            writer.field(4, i32: Int32(bitPattern: checksum))
            switch kind {
            case .dictionary:
                writer.field(7) {
                    $0.field(1, i32: Int32(values))
                    $0.field(2, i32: Encoding.plain.rawValue)
                }
            case .data(let encoding):
                writer.field(5) {
                    $0.field(1, i32: Int32(values))
                    $0.field(2, i32: encoding.rawValue)
                    $0.field(3, i32: Encoding.runs.rawValue)
                    $0.field(4, i32: Encoding.runs.rawValue)
                }
            }
        }
        return writer.bytes
    }

    /// Reads a header from the beginning of some bytes.
    /// - Returns: the header and how many bytes it takes.
    /// - Throws: ``PageFlaw/incomplete`` if the bytes end within it; ``PageFlaw/header``.
    static func read(_ bytes: UnsafeRawBufferPointer) throws(PageFlaw) -> (header: PageHeader, size: Int) {
        var reader = ThriftReader(bytes)
        let type = try reader.i32(1)
        let (uncompressed, compressed) = (try reader.i32(2), try reader.i32(3))
        let checksum = UInt32(bitPattern: try reader.i32(4))
        let (values, kind): (Int32, Kind)
        switch type {
        case 2:
            try reader.begin(7)
            values = try reader.i32(1)
            guard try reader.i32(2) == Encoding.plain.rawValue else { throw .header }
            kind = .dictionary
        case 0:
            try reader.begin(5)
            values = try reader.i32(1)
            guard let encoding = Encoding(rawValue: try reader.i32(2)), encoding != .runs,
                try reader.i32(3) == Encoding.runs.rawValue, try reader.i32(4) == Encoding.runs.rawValue
            else { throw .header }
            kind = .data(encoding)
        default: throw .header
        }
        try reader.end()
        try reader.end()
        guard uncompressed > 0, compressed > 0, values > 0 else { throw .header }
        return (
            PageHeader(
                uncompressedSize: Int(uncompressed), compressedSize: Int(compressed), checksum: checksum,
                values: Int(values), kind: kind), reader.count
        )
    }
}
