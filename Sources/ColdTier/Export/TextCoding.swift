import Compression
import Rows

/// Rows as pieces of text, in zstd frames with checksums. Where the frames are is in the manifest.
final class TextEncoder: PartEncoder {
    private let layout: any RowWriter
    /// Nil if there is one frame.
    private let rowGroupBytes: Int?
    private var output = ByteBuffer()
    private var compressor: SeekableZstdWriter
    private var rawBytes: Int64 = 0

    /// Encoded bytes are compressed as soon as there are this many.
    private static let piece = 256 << 10

    init(_ layout: any RowWriter, _ encoding: PartEncoding) throws {
        self.layout = layout
        rowGroupBytes = encoding.compression.isSingleFrame ? nil : encoding.compression.rowGroupBytes
        compressor = try SeekableZstdWriter(encoding.settings)
        output.append(layout.header)
    }

    func add(
        _ row: UnsafeRawBufferPointer, number: Int64, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try layout.append(row, number: number, to: &output)
        if output.count >= Self.piece { try compress(to: sink) }
        if let rowGroupBytes, Int(compressor.frameBytes) + output.count >= rowGroupBytes {
            try compress(to: sink)
            try compressor.endFrame(to: sink)
        }
    }

    private func compress(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        rawBytes += Int64(output.count)
        try output.withUnsafeBytes { try compressor.write($0, to: sink) }
        output.removeAll()
    }

    func finish(to sink: (UnsafeRawBufferPointer) throws -> Void) throws -> PartSizes {
        try compress(to: sink)
        return PartSizes(rawBytes: rawBytes, try compressor.finish(withTable: false, to: sink))
    }
}

/// Every frame must have the right checksum. If the table of the frames is in the file, they are compared with it.
final class TextDecoder: PartDecoder {
    private var decoder: SeekableZstdReader
    private var layout: any RowReader
    private var rawBytes: Int64 = 0

    init(_ layout: any RowReader, withTable: Bool) throws {
        decoder = try SeekableZstdReader(withTable: withTable)
        self.layout = layout
    }

    func read(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try decoder.read(bytes) { decoded in
            rawBytes += Int64(decoded.count)
            try layout.read(decoded, body)
        }
    }

    func finish() throws -> PartSizes {
        let table = try decoder.finish()
        try layout.finish()
        return PartSizes(rawBytes: rawBytes, table)
    }
}

extension PartSizes {
    fileprivate init(rawBytes: Int64, _ table: SeekTable) {
        self.init(
            rawBytes: rawBytes,
            groups: table.frames.map {
                GroupSizes(bytes: Int64($0.compressedSize), rawBytes: Int64($0.decompressedSize))
            })
    }
}
