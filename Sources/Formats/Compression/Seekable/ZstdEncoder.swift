import CZstd

/// Compresses zstd frames with checksums, with libzstd.
///
/// A class, since it wraps a C context that must be freed once. ``SeekableZstdWriter`` is its only owner.
final class ZstdEncoder {
    private let context: OpaquePointer
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 64)

    init(_ settings: SeekableZstdSettings) throws(SeekableZstdWriterError) {
        try settings.check()
        guard let context = ZSTD_createCCtx() else { throw .outOfMemory }
        self.context = context
        try set(ZSTD_c_compressionLevel, settings.level)
        try set(ZSTD_c_checksumFlag, 1)
        try set(ZSTD_c_windowLog, settings.windowLog)
        try set(ZSTD_c_enableLongDistanceMatching, settings.longDistanceMatching ? 1 : 0)
        guard settings.workers > 0 else { return }
        guard ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, Int32(settings.workers))) == 0 else {
            throw .noWorkers
        }
        // By default, zstd's jobs are at least four windows long. That is as long as a frame, so one worker would do
        // all of it.
        try set(ZSTD_c_jobSize, max(512 << 10, settings.rowGroupBytes / (2 * settings.workers)))
    }

    deinit {
        ZSTD_freeCCtx(context)
        output.deallocate()
    }

    /// Compresses all of `input` into the current frame.
    /// - Parameter sink: takes the compressed bytes that are ready, if any.
    func write(
        _ input: UnsafeRawBufferPointer, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        while source.pos < source.size {
            _ = try step(&source, ZSTD_e_continue, to: sink)
        }
    }

    /// Ends the current frame; the next write starts another.
    func endFrame(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        var nothing = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
        while try step(&nothing, ZSTD_e_end, to: sink) > 0 {}
    }

    /// - Returns: how many bytes are left to flush, at least.
    private func step(
        _ source: inout ZSTD_inBuffer, _ end: ZSTD_EndDirective, to sink: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var destination = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let left = try Self.checked(ZSTD_compressStream2(context, &destination, &source, end))
        if destination.pos > 0 {
            try sink(UnsafeRawBufferPointer(rebasing: output[..<destination.pos]))
        }
        return left
    }

    private func set(_ parameter: ZSTD_cParameter, _ value: Int) throws(SeekableZstdWriterError) {
        _ = try Self.checked(ZSTD_CCtx_setParameter(context, parameter, Int32(value)))
    }

    private static func checked(_ result: Int) throws(SeekableZstdWriterError) -> Int {
        guard ZSTD_isError(result) == 0 else {
            throw ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation
                ? .outOfMemory : .failed(detail: String(cString: ZSTD_getErrorName(result)))
        }
        return result
    }
}
