import SystemPackage

/// A buffered cursor over a range of a file. It never reads beyond the end of the range, and it allocates memory for a
/// length only after checking that so many bytes are left.
struct FileCursor {
    /// Bytes that are read from the file at a time.
    private static let bufferSize = 256 * 1024

    let path: FilePath
    /// Nil where all bytes are in the buffer.
    private let file: InputFile?
    private var end: Int64
    private var buffer: [UInt8] = []
    /// Where the buffer begins in the file, how much of it is filled, and the next byte in it.
    private var bufferStart: Int64
    private var filled = 0
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
        (buffer, filled, bufferStart, end) = (bytes, bytes.count, 0, Int64(bytes.count))
    }

    /// Goes on with another range of the file.
    mutating func move(to range: Range<Int64>) {
        end = min(range.upperBound, file?.size ?? 0)
        (bufferStart, next, filled) = (range.lowerBound, 0, 0)
    }

    /// Where the next byte is, counted from the start of the file.
    var offset: Int64 { bufferStart + Int64(next) }
    var remaining: Int64 { end - offset }

    /// - Parameter what: completes "while reading …" in the message.
    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)`` at the end of the range.
    mutating func byte(_ what: @autoclosure () -> String) throws(ArchiveError) -> UInt8 {
        if next == filled { try refill() }
        guard next < filled else { throw .truncated(path, offset: end, reading: what()) }
        defer { next += 1 }
        return buffer[next]
    }

    /// The next bytes as a number, the lowest first, and the byte before them.
    /// - Parameter count: 8 at most.
    /// - Returns: nil where not all of them are in memory; nothing is taken then.
    @inline(__always)
    mutating func number(_ count: Int) -> (before: UInt8, value: UInt64)? {
        guard count <= 8, filled - next > count else { return nil }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(buffer[next + 1 + index]) << (8 * UInt64(index)) }
        defer { next += count + 1 }
        return (buffer[next], value)
    }

    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)`` when fewer bytes are left, before memory is allocated
    ///   for them.
    mutating func bytes(_ count: Int, _ what: @autoclosure () -> String) throws(ArchiveError) -> [UInt8] {
        guard Int64(count) <= remaining else { throw .truncated(path, offset: end, reading: what()) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            _ = try piece(atMost: count - bytes.count, what()) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Passes on the bytes that come next, as many of them as are in memory.
    /// - Returns: how many: 1 or more, and `count` at most.
    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)`` at the end of the range.
    mutating func piece(
        atMost count: Int, _ what: @autoclosure () -> String, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(ArchiveError) -> Int {
        if next == filled { try refill() }
        // The file may have become shorter since it was opened.
        guard next < filled else { throw .truncated(path, offset: offset, reading: what()) }
        let range = next..<min(filled, next + count)
        buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        next = range.upperBound
        return range.count
    }

    private mutating func refill() throws(ArchiveError) {
        bufferStart = offset
        (next, filled) = (0, 0)
        guard let file else { return }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: Self.bufferSize) }
        let wanted = Int(min(Int64(buffer.count), end - bufferStart))
        guard wanted > 0 else { return }
        filled = try buffer.withUnsafeMutableBufferPointer { buffer throws(ArchiveError) in
            try file.read(
                at: bufferStart,
                into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<wanted])))
        }
    }
}
