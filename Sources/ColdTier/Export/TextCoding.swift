import Compression
import Rows

/// Rows as pieces of text, in zstd frames with checksums, behind them a table of the frames.
final class TextEncoder: PartEncoder {
    private let layout: any RowWriter
    private let rowGroupBytes: Int
    private var output = ByteBuffer()
    private var compressor: SeekableZstdWriter
    private var rawBytes: Int64 = 0

    /// Encoded bytes are compressed as soon as there are this many.
    private static let piece = 256 << 10

    init(_ layout: any RowWriter, _ request: ExportRequest) throws {
        self.layout = layout
        rowGroupBytes = request.compression.rowGroupBytes
        compressor = try SeekableZstdWriter(SeekableZstdSettings(request.compression, workers: request.workers))
        output.append(layout.header)
    }

    func add(
        _ row: UnsafeRawBufferPointer, number: Int64, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try layout.append(row, number: number, to: &output)
        if output.count >= Self.piece { try compress(to: sink) }
        if Int(compressor.frameBytes) + output.count >= rowGroupBytes {
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
        return PartSizes(rawBytes: rawBytes, rowGroups: try compressor.finish(to: sink).frames.count)
    }
}

/// Every frame, with its checksum, is compared with the table of frames.
final class TextDecoder: PartDecoder {
    private var decoder: SeekableZstdReader
    private var layout: any RowReader
    private var rawBytes: Int64 = 0

    init(_ layout: any RowReader) throws {
        decoder = try SeekableZstdReader()
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
        return PartSizes(rawBytes: rawBytes, rowGroups: table.frames.count)
    }
}

extension SeekableZstdSettings {
    init(_ compression: ExportManifest.Compression, workers: Int) {
        self.init(
            level: compression.level, longDistanceMatching: compression.longDistanceMatching, workers: workers,
            rowGroupBytes: compression.rowGroupBytes)
    }
}
