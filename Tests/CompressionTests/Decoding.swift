import Compression

/// Decodes bytes that arrive in pieces of `size`.
func decode(_ bytes: [UInt8], _ decompressor: consuming Decompressor, by size: Int = .max) throws -> [UInt8] {
    var output: [UInt8] = []
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + min(size, bytes.count))
        try decompressor.decompress(Array(bytes[start..<end]).span) { chunk in
            chunk.withUnsafeBufferPointer { output.append(contentsOf: $0) }
        }
        start = end
    }
    try decompressor.finish()
    return output
}

func decode(_ bytes: [UInt8], _ algorithm: CompressionAlgorithm, by size: Int = .max) throws -> [UInt8] {
    try decode(bytes, Decompressor(algorithm), by: size)
}
