/// Decodes one frame of a file, and reads nothing else of the file.
///
///     var reader = try SeekableFrameReader(table)
///     try await reader.read(frame: 7, reading: { range in … }) { decoded in … }
///
/// The frame must be what the seek table says: both sizes, the checksum, and its end at the end of its range. Decoded
/// bytes are passed on before the checksum has been verified, so they can be trusted only after the call has returned.
///
/// Memory use does not depend on what the frame claims: the frame's window, 128 MiB (2^27) at most, and the bytes that
/// are read at once.
package struct SeekableFrameReader: ~Copyable, @unchecked Sendable {
    // Sendable: as with `Decompressor`, the decoder never leaves this value, and this value cannot be copied.

    /// The most bytes of the file that are read at once.
    package static let readSize: Int64 = 4 << 20

    package let table: SeekTable
    private var decoder: FrameDecoder

    /// - Throws: ``DecompressionError/outOfMemory(_:)``.
    package init(_ table: SeekTable) throws(DecompressionError) {
        self.table = table
        decoder = try FrameDecoder()
    }

    /// - Parameters:
    ///   - frame: its number, from 0; it must be in the table.
    ///   - read: returns the given bytes of the file; called for one piece of the frame after the other.
    ///   - consumer: takes the decoded bytes, in pieces of at most ``Decompressor/chunkSize`` bytes that are valid only
    ///     during the call.
    /// - Throws: a ``SeekableZstdError``; what `read` and `consumer` throw.
    package nonisolated(nonsending) mutating func read(
        frame: Int, reading read: (Range<Int64>) async throws -> [UInt8],
        into consumer: (UnsafeRawBufferPointer) throws -> Void
    ) async throws {
        let entry = table.frames[frame]
        let range = table.range(ofFrame: frame)
        decoder.start(frame, at: range.lowerBound)
        var found: SeekTable.Frame?
        var offset = range.lowerBound
        while found == nil && offset < range.upperBound {
            let piece = offset..<min(range.upperBound, offset + Self.readSize)
            let bytes = try await read(piece)
            guard bytes.count == piece.count else { throw decoder.error(.undecodable(.truncated(.zstd))) }
            found = try bytes.withUnsafeBytes { bytes in
                try decoder.decode(bytes, limit: entry.decompressedSize, into: consumer).ended
            }
            offset = piece.upperBound
        }
        guard let found else { throw decoder.error(.wrongEnd) }
        guard found == entry else { throw decoder.error(.differs(table: entry, found: found)) }
    }
}
