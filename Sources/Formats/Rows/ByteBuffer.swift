/// An array of bytes that grows at its end, for loops that write through a pointer and count afterwards.
///
/// A loop asks for the most room that it can need, writes without a check, and says how much it has written. The memory
/// stays when the bytes are removed, so one buffer serves for row after row.
package struct ByteBuffer: Sendable {
    /// May be longer than `count`: the bytes after `count` are free room.
    @usableFromInline var storage: [UInt8] = []
    @usableFromInline package internal(set) var count = 0

    /// The most memory that is kept for the next use, in bytes.
    private static let kept = 16 << 20

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Removes all bytes. Memory beyond 16 MiB, which one large row may have needed, is freed.
    package mutating func removeAll() {
        count = 0
        if storage.count > Self.kept { storage = [] }
    }

    /// Appends what `write` writes.
    /// - Parameters:
    ///   - room: how many bytes may be written at the pointer. `write` may write to all of them, even if it counts
    ///     fewer in the end.
    ///   - write: returns how many of these bytes count. When it throws, none of them count.
    @inlinable @inline(__always)
    package mutating func append<Failure: Error>(
        atMost room: Int, _ write: (UnsafeMutableRawPointer) throws(Failure) -> Int
    ) throws(Failure) {
        if storage.count - count < room { grow(by: room) }
        let start = count
        let written = try storage.withUnsafeMutableBufferPointer { buffer throws(Failure) in
            try write(UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped) + start)
        }
        precondition(written >= 0 && written <= room, "more was written than there was room for")
        count += written
    }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        append(atMost: bytes.count) { target in
            target.copyMemory(from: source, byteCount: bytes.count)
            return bytes.count
        }
    }

    package mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    @inlinable @inline(__always)
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try storage.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// ``withUnsafeBytes(_:)``, with the type of the error.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBufferPointer { buffer throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
    }

    /// A copy of the bytes.
    package var bytes: [UInt8] { Array(storage[..<count]) }

    @usableFromInline
    @inline(never)
    mutating func grow(by room: Int) {
        let size = max(count + room, min(2 * storage.count, storage.count + Self.kept), 4096)
        var larger: [UInt8] = []
        larger.reserveCapacity(size)
        larger.append(contentsOf: storage[..<count])
        larger.append(contentsOf: repeatElement(0, count: size - count))
        storage = larger
    }
}
