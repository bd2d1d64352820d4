import Compression
import Files
import SystemPackage

/// Reads a file that may be compressed, in pieces, strictly: a compressed file that was cut off ends in an error, not
/// in an end of file. Memory use is constant, and reading blocks the thread.
///
///     var stream = try DumpStream(file)
///     while let chunk = try stream.read() { … }
package struct DumpStream: ~Copyable {
    /// The most bytes that ``read(maximum:)`` returns when the caller names no maximum.
    package static let chunkSize = 256 * 1024
    /// A file that is compressed more often is not recognised: what comes out of the layers is then compressed.
    package static let mostLayers = 2

    package var path: FilePath { file.path }
    /// The compression around the file, the outermost first; empty if it is not compressed. Recognised from the first bytes,
    /// unless the initialiser is told it.
    package let layers: [CompressionAlgorithm]
    /// The outermost of ``layers``.
    package var compression: CompressionAlgorithm { layers.first ?? .none }
    /// How many bytes of the file have been read.
    package private(set) var compressedBytesRead: Int64 = 0
    /// How many bytes ``read(maximum:)`` has returned.
    package private(set) var bytesRead: Int64 = 0
    /// How many bytes the file has, for progress.
    package var compressedSize: Int64 { file.size }

    private let file: InputFile
    /// The part of it that is read; nil reads all.
    private let range: Range<Int64>?
    /// A decoder for each of the layers. The first one reads the file, every other what the one before it decoded.
    private let decoders: [DecodingLayer]

    /// Opens the file and recognises its compression.
    ///
    /// - Throws: ``ArchiveError/changed(_:)``, ``ArchiveError/unreadable(_:_:)``.
    package init(_ file: TreeFile) throws(ArchiveError) {
        let file = try InputFile(file)
        try self.init(file, layers: try Self.layers(of: file))
    }

    /// Opens a file whose compression is known from elsewhere, such as its name.
    init(_ file: InputFile, _ compression: CompressionAlgorithm) throws(ArchiveError) {
        try self.init(file, layers: compression == .none ? [] : [compression])
    }

    init(_ file: InputFile, layers: [CompressionAlgorithm]) throws(ArchiveError) {
        self.file = file
        range = nil
        self.layers = layers
        var decoders: [DecodingLayer] = []
        for layer in layers { decoders.append(try DecodingLayer(layer, file.path)) }
        self.decoders = decoders
    }

    /// Reads a part of a file as it is.
    init(_ file: InputFile, _ range: Range<Int64>) {
        self.file = file
        self.range = range
        (layers, decoders) = ([], [])
    }

    /// Recognises the compression around a file, the outermost first.
    static func layers(of file: InputFile) throws(ArchiveError) -> [CompressionAlgorithm] {
        var layers: [CompressionAlgorithm] = []
        var start = try file.bytes(at: 0, count: CompressionAlgorithm.magicSize)
        while layers.count < mostLayers {
            let layer = CompressionAlgorithm(recognising: start)
            guard layer != .none else { break }
            layers.append(layer)
            var stream = try DumpStream(file, layers: layers)
            do throws(ArchiveError) {
                start = try stream.read(maximum: CompressionAlgorithm.magicSize) ?? []
            } catch .undecodable(_, let problem) where problem != .outOfMemory(problem.algorithm) {
                // Whoever reads on meets it again.
                break
            }
        }
        return layers
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
        let count = try read(through: decoders.count, into: buffer)
        bytesRead += Int64(count)
        return count
    }

    /// Passes over bytes. A file that is not compressed is not read for that.
    ///
    /// - Returns: how many bytes were passed over; fewer than `count` only at the end of the file.
    mutating func skip(_ count: Int64) throws(ArchiveError) -> Int64 {
        if decoders.isEmpty {
            let end = range.map { Int64($0.count) } ?? file.size
            let step = min(count, max(0, end - compressedBytesRead))
            compressedBytesRead += step
            bytesRead += step
            return step
        }
        var left = count
        while left > 0, let bytes = try read(maximum: Int(min(left, Int64(Self.chunkSize)))) {
            left -= Int64(bytes.count)
        }
        return count - left
    }

    /// - Parameter depth: how many of the layers to take off.
    private mutating func read(
        through depth: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ArchiveError) -> Int {
        guard depth > 0 else {
            let left = range.map { Int(min(Int64(buffer.count), Int64($0.count) - compressedBytesRead)) }
            let room = left.map { UnsafeMutableRawBufferPointer(rebasing: buffer[..<$0]) } ?? buffer
            let count = try file.read(at: (range?.lowerBound ?? 0) + compressedBytesRead, into: room)
            compressedBytesRead += Int64(count)
            return count
        }
        let decoder = decoders[depth - 1]
        return try decoder.read(into: buffer) { room throws(ArchiveError) in
            try read(through: depth - 1, into: room)
        }
    }
}
