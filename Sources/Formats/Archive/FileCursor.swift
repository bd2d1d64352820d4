import SystemPackage

/// A buffered cursor over a range of a file. It never reads beyond the end of the range, and it allocates memory for a
/// length only after checking that so many bytes are left.
struct FileCursor {
    /// Bytes that are read from the file at a time.
    private static let bufferSize = 64 * 1024

    let path: FilePath
    /// Nil where all bytes are in the buffer.
    private let file: InputFile?
    private let end: Int64
    private var buffer: [UInt8] = []
    private var bufferStart: Int64
    private var next = 0

    /// - Parameter range: the bytes of the file to read; it is cut at the end of the file.
    init(_ file: InputFile, _ range: Range<Int64>) {
        path = file.path
        self.file = file
        end = min(range.upperBound, file.size)
        bufferStart = range.lowerBound
    }

    /// - Parameter bytes: that were read from the start of a file, or of a part of it.
    init(_ bytes: [UInt8], of path: FilePath) {
        (self.path, file) = (path, nil)
        (buffer, bufferStart, end) = (bytes, 0, Int64(bytes.count))
    }

    /// Where the next byte is, counted from the start of the file.
    var offset: Int64 { bufferStart + Int64(next) }
    var remaining: Int64 { end - offset }

    /// - Parameter what: completes "while reading …" in the message.
    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)`` at the end of the range.
    mutating func byte(_ what: @autoclosure () -> String) throws(ArchiveError) -> UInt8 {
        if next == buffer.count { try refill() }
        guard next < buffer.count else { throw .truncated(path, offset: end, reading: what()) }
        defer { next += 1 }
        return buffer[next]
    }

    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)`` when fewer bytes are left, before memory is allocated
    ///   for them.
    mutating func bytes(_ count: Int, _ what: @autoclosure () -> String) throws(ArchiveError) -> [UInt8] {
        guard Int64(count) <= remaining else { throw .truncated(path, offset: end, reading: what()) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            if next == buffer.count { try refill() }
            // The file may have become shorter since it was opened.
            guard next < buffer.count else { throw .truncated(path, offset: offset, reading: what()) }
            let part = buffer[next..<min(buffer.count, next + count - bytes.count)]
            bytes += part
            next += part.count
        }
        return bytes
    }

    private mutating func refill() throws(ArchiveError) {
        bufferStart = offset
        next = 0
        buffer = try file?.bytes(at: bufferStart, count: Int(min(Int64(Self.bufferSize), end - bufferStart))) ?? []
    }
}
