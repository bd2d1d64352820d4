import CZstd

/// Compresses whole pieces of memory, each to one zstd frame that says how long the piece is.
package final class ZstdBlockEncoder: @unchecked Sendable {
    // Sendable: its owner, which cannot be copied, is the only one that uses it.

    private let context: OpaquePointer

    /// - Parameter withChecksum: each frame ends with a checksum of the piece (RFC 8878, 3.1.1).
    /// - Throws: ``SeekableZstdWriterError`` when a setting is out of its range or memory is short.
    package init(
        _ settings: SeekableZstdSettings, withChecksum: Bool = false
    ) throws(SeekableZstdWriterError) {
        try settings.check()
        guard let context = ZSTD_createCCtx() else { throw .outOfMemory }
        self.context = context
        try set(ZSTD_c_compressionLevel, settings.level)
        try set(ZSTD_c_checksumFlag, withChecksum ? 1 : 0)
        if settings.longDistanceMatching {
            try set(ZSTD_c_enableLongDistanceMatching, 1)
            // Without this, zstd takes 128 MiB for it.
            try set(ZSTD_c_windowLog, settings.windowLog)
        }
        guard settings.workers > 0 else { return }
        guard ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, Int32(settings.workers))) == 0 else {
            throw .noWorkers
        }
    }

    deinit { ZSTD_freeCCtx(context) }

    package func encode(_ bytes: UnsafeRawBufferPointer) throws(SeekableZstdWriterError) -> [UInt8] {
        var result = 0
        let compressed = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { target, count in
            result = ZSTD_compress2(context, target.baseAddress, target.count, bytes.baseAddress, bytes.count)
            count = ZSTD_isError(result) == 0 ? result : 0
        }
        guard ZSTD_isError(result) == 0 else {
            throw ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation
                ? .outOfMemory : .failed(detail: String(cString: ZSTD_getErrorName(result)))
        }
        return compressed
    }

    /// The most bytes that so many bytes may become.
    package static func bound(_ size: Int) -> Int { ZSTD_compressBound(size) }

    private func set(_ parameter: ZSTD_cParameter, _ value: Int) throws(SeekableZstdWriterError) {
        let result = ZSTD_CCtx_setParameter(context, parameter, Int32(value))
        guard ZSTD_isError(result) == 0 else { throw .failed(detail: String(cString: ZSTD_getErrorName(result))) }
    }
}

/// Decompresses what ``ZstdBlockEncoder`` made.
package final class ZstdBlockDecoder: @unchecked Sendable {
    // Sendable: its owner, which cannot be copied, is the only one that uses it.

    private let context: OpaquePointer

    /// - Throws: ``DecompressionError/outOfMemory(_:)``.
    package init() throws(DecompressionError) {
        guard let context = ZSTD_createDCtx() else { throw .outOfMemory(.zstd) }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// - Parameters:
    ///   - bytes: exactly one frame.
    ///   - size: what it decodes to, in bytes; memory is taken for so many, if the frame says the same.
    package func decode(_ bytes: UnsafeRawBufferPointer, size: Int) throws(DecompressionError) -> [UInt8] {
        guard ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count) == UInt64(size),
            ZSTD_findFrameCompressedSize(bytes.baseAddress, bytes.count) == bytes.count
        else { throw .corrupt(.zstd, detail: "it is not one frame of \(size) bytes") }
        var result = 0
        let decoded = [UInt8](unsafeUninitializedCapacity: size) { target, count in
            result = ZSTD_decompressDCtx(context, target.baseAddress, target.count, bytes.baseAddress, bytes.count)
            count = ZSTD_isError(result) == 0 ? result : 0
        }
        guard ZSTD_isError(result) == 0 else {
            throw .corrupt(.zstd, detail: String(cString: ZSTD_getErrorName(result)))
        }
        guard decoded.count == size else { throw .corrupt(.zstd, detail: "it decodes to \(decoded.count) bytes") }
        return decoded
    }
}
