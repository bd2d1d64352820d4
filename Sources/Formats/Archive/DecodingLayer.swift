import Compression
import SystemPackage

/// Takes one layer of compression off a stream of bytes.
///
/// A class, because it is one of several in a list, and owns a decoder that cannot be copied.
final class DecodingLayer: @unchecked Sendable {
    // Sendable: it is made by a DumpStream, never leaves it, and a DumpStream cannot be copied.

    /// Bytes that are taken from the source at a time.
    private static let inputSize = 128 * 1024

    /// The file that the bytes are of, for messages.
    private let path: FilePath
    private var decompressor: Decompressor
    /// What came from the source. Of its first ``filled`` bytes, those from ``next`` on have not been decoded yet.
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: inputSize, alignment: 64)
    private var filled = 0
    private var next = 0
    private var isComplete = false

    /// - Throws: ``ArchiveError/undecodable(_:_:)`` where there is no memory for a decoder.
    init(_ compression: CompressionAlgorithm, _ path: FilePath) throws(ArchiveError) {
        self.path = path
        do {
            decompressor = try Decompressor(compression)
        } catch {
            throw .undecodable(path, error)
        }
    }

    deinit { input.deallocate() }

    /// - Parameter source: fills a buffer with the next bytes, and returns how many; 0 at the end.
    /// - Returns: how many bytes were decoded; 0 at the end, after all of it was decoded without an error.
    /// - Throws: ``ArchiveError/undecodable(_:_:)``; what `source` throws.
    func read(
        into buffer: UnsafeMutableRawBufferPointer,
        from source: (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
    ) throws(ArchiveError) -> Int {
        while !isComplete {
            if next == filled {
                filled = try source(input)
                next = 0
            }
            let isAtEnd = filled == 0
            let count = try decode(into: buffer)
            if count > 0 { return count }
            if isAtEnd { try finish() }
        }
        return 0
    }

    private func decode(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        do {
            let step = try decompressor.decode(UnsafeRawBufferPointer(rebasing: input[next..<filled]), into: buffer)
            next += step.consumed
            return step.produced
        } catch {
            throw .undecodable(path, error)
        }
    }

    private func finish() throws(ArchiveError) {
        isComplete = true
        do {
            try decompressor.finish()
        } catch {
            throw .undecodable(path, error)
        }
    }
}
