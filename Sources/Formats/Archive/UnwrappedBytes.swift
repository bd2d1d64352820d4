import Compression
import Synchronization

/// What is within the compression of a file, for readers that go forwards. Whoever goes back, further than to the piece before the last,
/// has all of it decoded again from the beginning. Memory use is constant.
final class UnwrappedBytes: Sendable {
    private let file: InputFile
    private let layers: [CompressionAlgorithm]
    private let pieces: Mutex<Pieces>

    /// Bytes that are decoded at a time. Readers look ahead by less, but where an archive may end in zeros.
    private static let pieceSize = 1 << 20

    /// - Throws: ``ArchiveError/undecodable(_:_:)`` where a decoder gets no memory.
    init(_ file: InputFile, _ layers: [CompressionAlgorithm]) throws(ArchiveError) {
        self.file = file
        self.layers = layers
        pieces = Mutex(Pieces(stream: try DumpStream(file, layers: layers)))
    }

    /// The last two pieces that were decoded.
    private struct Pieces: ~Copyable {
        var stream: DumpStream
        var before: [UInt8] = []
        var last: [UInt8] = []
        /// Where ``last`` begins.
        var start: Int64 = 0
        /// Why nothing behind ``last`` can be decoded. What was decoded in front of it is whole.
        var failure: ArchiveError?

        /// - Returns: false at the end.
        mutating func advance() throws(ArchiveError) -> Bool {
            if let failure { throw failure }
            var next: [UInt8] = []
            do throws(ArchiveError) {
                while next.count < UnwrappedBytes.pieceSize,
                    let bytes = try stream.read(maximum: UnwrappedBytes.pieceSize - next.count)
                {
                    next += bytes
                }
            } catch {
                guard !next.isEmpty else { throw error }
                failure = error
            }
            guard !next.isEmpty else { return false }
            start += Int64(last.count)
            (before, last) = (last, next)
            return true
        }

        func copy(from offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            let isInLast = offset >= start
            let piece = isInLast ? last : before
            let index = Int(offset - (isInLast ? start : start - Int64(before.count)))
            let count = min(buffer.count, piece.count - index)
            buffer.copyBytes(from: piece[index..<(index + count)])
            return count
        }
    }

    /// - Returns: how many bytes were written; 0 only at the end.
    /// - Throws: ``ArchiveError/undecodable(_:_:)``, ``ArchiveError/unreadable(_:_:)``.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        try pieces.withLock { pieces throws(ArchiveError) in
            if offset < pieces.start - Int64(pieces.before.count) {
                pieces = Pieces(stream: try DumpStream(file, layers: layers))
            }
            while offset >= pieces.start + Int64(pieces.last.count) {
                guard try pieces.advance() else { return 0 }
            }
            return pieces.copy(from: offset, into: buffer)
        }
    }
}
