import CZstd

/// Bytes as one zstd frame with a checksum, made at once: for files that fit into memory.
package enum ZstdFrame {
    /// - Throws: ``SeekableZstdWriterError``.
    package static func compress(_ bytes: [UInt8], level: Int32 = 9) throws -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { throw SeekableZstdWriterError.outOfMemory }
        defer { ZSTD_freeCCtx(context) }
        for (parameter, value) in [
            (ZSTD_c_compressionLevel, level), (ZSTD_c_checksumFlag, 1), (ZSTD_c_contentSizeFlag, 1),
        ] {
            guard ZSTD_isError(ZSTD_CCtx_setParameter(context, parameter, value)) == 0 else {
                throw SeekableZstdWriterError.outOfMemory
            }
        }
        let bound = ZSTD_compressBound(bytes.count)
        var isBad = false
        let output = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            let result = bytes.withUnsafeBytes {
                ZSTD_compress2(context, buffer.baseAddress, bound, $0.baseAddress, $0.count)
            }
            isBad = ZSTD_isError(result) != 0
            count = isBad ? 0 : result
        }
        if isBad { throw SeekableZstdWriterError.outOfMemory }
        return output
    }
}
