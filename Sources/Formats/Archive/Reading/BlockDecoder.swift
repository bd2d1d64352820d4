import Compression

/// Decodes the streams in the blocks of a custom archive, one after the other, into a sink each.
final class BlockDecoder {
    private let compression: CompressionAlgorithm
    /// Compressed bytes that wait. The pieces in an archive are so small that to decode each alone costs more.
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
    private var waiting = 0
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Decompressor.chunkSize, alignment: 64)
    private var filled = 0
    private var stream: BlockStream?

    init(_ compression: CompressionAlgorithm) { self.compression = compression }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    /// Begins a stream.
    /// - Throws: ``Compression/DecompressionError/outOfMemory(_:)``.
    func begin(_ sink: any DataSink) throws(DecompressionError) {
        stream = BlockStream(
            sink, compression == .gzip ? Decompressor.zlibStream() : try Decompressor(compression))
        (filled, waiting) = (0, 0)
    }

    /// Takes the next bytes of the stream. After an error, the rest of the stream is passed over.
    func take(_ bytes: UnsafeRawBufferPointer) {
        guard compression != .none, bytes.count <= input.count else {
            decodeWaiting()
            return decode(bytes)
        }
        if bytes.count > input.count - waiting { decodeWaiting() }
        UnsafeMutableRawBufferPointer(rebasing: input[waiting...]).copyMemory(from: bytes)
        waiting += bytes.count
    }

    private func decodeWaiting() {
        guard waiting > 0 else { return }
        decode(UnsafeRawBufferPointer(rebasing: input[..<waiting]))
        waiting = 0
    }

    private func decode(_ bytes: UnsafeRawBufferPointer) {
        guard let stream, stream.problem == nil else { return }
        var rest = bytes
        repeat {
            let room = UnsafeMutableRawBufferPointer(rebasing: output[filled...])
            guard let step = stream.decode(rest, into: room) else { return }
            rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
            filled += step.produced
            if filled < output.count { return }
            flush(into: stream.sink)
        } while true
    }

    /// Ends the stream.
    /// - Parameter mayBeEmpty: whether it may have no bytes at all.
    /// - Returns: why it could not be decoded to its end; nil if it was.
    func end(mayBeEmpty: Bool) -> DecompressionError? {
        decodeWaiting()
        guard let stream else { return nil }
        self.stream = nil
        guard stream.problem == nil else { return stream.problem }
        flush(into: stream.sink)
        return stream.finish(mayBeEmpty: mayBeEmpty)
    }

    private func flush(into sink: any DataSink) {
        if filled > 0 { sink.take(UnsafeRawBufferPointer(rebasing: output[..<filled])) }
        filled = 0
    }
}

/// One stream, and the first error in it.
private final class BlockStream {
    let sink: any DataSink
    private(set) var problem: DecompressionError?
    private var decompressor: Decompressor

    init(_ sink: any DataSink, _ decompressor: consuming Decompressor) {
        self.sink = sink
        self.decompressor = decompressor
    }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> (consumed: Int, produced: Int)? {
        do {
            return try decompressor.decode(input, into: output)
        } catch {
            problem = error
            return nil
        }
    }

    func finish(mayBeEmpty: Bool) -> DecompressionError? {
        if mayBeEmpty, decompressor.consumed == 0 { return nil }
        do {
            try decompressor.finish()
            return nil
        } catch {
            return error
        }
    }
}
