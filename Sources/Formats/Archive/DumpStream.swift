import Compression
import SystemPackage

/// Reads a file that may be compressed, in pieces, strictly: a compressed file that was cut off ends in an error, not
/// in an end of file. Memory use is constant, and reading blocks the thread.
///
///     var stream = try DumpStream(path: path)
///     while let chunk = try stream.read() { … }
package struct DumpStream: ~Copyable, @unchecked Sendable {
    // Sendable: the input buffer is made in `init`, never leaves this value, and this value cannot be copied.

    /// The most bytes that ``read(maximum:)`` returns when the caller names no maximum.
    package static let chunkSize = 256 * 1024
    /// Bytes that are read from the file at a time.
    private static let inputSize = 128 * 1024

    package var path: FilePath { file.path }
    /// Recognised from the first bytes of the file, unless the initialiser is told it.
    package let compression: CompressionAlgorithm
    /// How many bytes of the file have been read.
    package private(set) var compressedBytesRead: Int64 = 0
    /// How many bytes ``read(maximum:)`` has returned.
    package private(set) var bytesRead: Int64 = 0
    /// How many bytes the file has, for progress.
    package var compressedSize: Int64 { file.size }

    private let file: InputFile
    private var decompressor: Decompressor
    /// The buffer that the file is read into. Of its first ``filled`` bytes, those from ``next`` on have not been
    /// decoded yet.
    private let input: UnsafeMutableRawBufferPointer
    private var filled = 0
    private var next = 0
    private var isComplete = false

    /// Opens the file and recognises its compression.
    ///
    /// - Throws: ``ArchiveError/missing(_:)``, ``ArchiveError/unreadable(_:_:)``, or
    ///   ``ArchiveError/notADump(_:looksLike:)`` for anything but a regular file.
    package init(path: FilePath, followsLink: Bool = true) throws(ArchiveError) {
        let file = try InputFile(path, followsLink: followsLink)
        let compression = CompressionAlgorithm(recognising: try file.bytes(at: 0, count: 8))
        try self.init(file, compression)
    }

    /// Opens a file whose compression is known from elsewhere, such as its name.
    init(_ file: InputFile, _ compression: CompressionAlgorithm) throws(ArchiveError) {
        self.file = file
        self.compression = compression
        do {
            decompressor = try Decompressor(compression)
        } catch {
            throw .undecodable(file.path, error)
        }
        input = .allocate(byteCount: Self.inputSize, alignment: 64)
    }

    deinit {
        input.deallocate()
    }

    /// The next decoded bytes.
    ///
    /// - Parameter maximum: how many to return at most; 1 or more.
    /// - Returns: one byte or more; nil at the end of the file, after all of it was decoded without an error.
    /// - Throws: ``ArchiveError/undecodable(_:_:)``, ``ArchiveError/unreadable(_:_:)``.
    package mutating func read(maximum: Int = chunkSize) throws(ArchiveError) -> [UInt8]? {
        precondition(maximum > 0)
        let chunk = try [UInt8](unsafeUninitializedCapacity: maximum) { buffer, count throws(ArchiveError) in
            count = try read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return chunk.isEmpty ? nil : chunk
    }

    /// Reads into the caller's buffer, like ``read(maximum:)``.
    ///
    /// - Returns: how many bytes were written; 0 at the end of the file.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        while !isComplete {
            if next == filled { try refill() }
            let isAtEnd = filled == 0
            let count = try decode(into: buffer)
            if count > 0 {
                bytesRead += Int64(count)
                return count
            }
            if isAtEnd { try finish() }
        }
        return 0
    }

    /// Moves past bytes. In a file that is not compressed, they are not read.
    ///
    /// - Returns: how many there were: fewer than `count` only at the end of the file.
    mutating func skip(_ count: Int64) throws(ArchiveError) -> Int64 {
        var left = count
        if compression == .none {
            let held = min(left, Int64(filled - next))
            next += Int(held)
            let unread = max(0, min(left - held, compressedSize - compressedBytesRead))
            compressedBytesRead += unread
            bytesRead += held + unread
            return held + unread
        }
        while left > 0, let bytes = try read(maximum: Int(min(left, Int64(Self.chunkSize)))) {
            left -= Int64(bytes.count)
        }
        return count - left
    }

    private mutating func refill() throws(ArchiveError) {
        filled = try file.read(at: compressedBytesRead, into: input)
        next = 0
        compressedBytesRead += Int64(filled)
    }

    private mutating func decode(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
        do {
            let step = try decompressor.decode(UnsafeRawBufferPointer(rebasing: input[next..<filled]), into: buffer)
            next += step.consumed
            return step.produced
        } catch {
            throw .undecodable(path, error)
        }
    }

    private mutating func finish() throws(ArchiveError) {
        isComplete = true
        do {
            try decompressor.finish()
        } catch {
            throw .undecodable(path, error)
        }
    }
}
