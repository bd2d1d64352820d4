import Compression

/// A file of ``SeekableZstdWriter`` in memory, which counts what is read of it.
struct SeekableFile {
    var bytes: [UInt8]
    var table: SeekTable
    /// What it decodes to.
    var contents: [UInt8]

    /// - Parameters:
    ///   - frameSize: where frames are cut; the last one may be shorter.
    ///   - pieceSize: how much the writer gets at once.
    init(
        _ contents: [UInt8], frameSize: Int = .max, pieceSize: Int = .max,
        settings: SeekableZstdSettings = SeekableZstdSettings()
    ) throws {
        var writer = try SeekableZstdWriter(settings)
        var bytes: [UInt8] = []
        try contents.withUnsafeBytes { contents in
            for frame in pieces(of: contents, size: frameSize) {
                for piece in pieces(of: frame, size: pieceSize) {
                    try writer.write(piece) { bytes += $0 }
                }
                try writer.endFrame { bytes += $0 }
            }
        }
        table = try writer.finish { bytes += $0 }
        self.bytes = bytes
        self.contents = contents
    }
}

/// Cuts bytes into pieces of a size; the last one may be shorter.
func pieces(of bytes: UnsafeRawBufferPointer, size: Int) -> [UnsafeRawBufferPointer] {
    stride(from: 0, to: bytes.count, by: min(size, max(bytes.count, 1))).map { start in
        UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(size))
    }
}

/// Decodes all of a file strictly, from pieces of `size`.
func decodeSeekable(_ file: [UInt8], by size: Int = .max) throws -> (contents: [UInt8], table: SeekTable) {
    var reader = try SeekableZstdReader()
    var contents: [UInt8] = []
    try file.withUnsafeBytes { file in
        for piece in pieces(of: file, size: size) {
            try reader.read(piece) { contents += $0 }
        }
    }
    return (contents, try reader.finish())
}
