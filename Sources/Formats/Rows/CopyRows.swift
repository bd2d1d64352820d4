import Glibc

/// Splits the text of a COPY into rows. It takes bytes that are cut anywhere, and gives rows without their newlines.
///
/// Within a value a newline is always escaped, so every newline ends a row. A row that is wholly within one piece is
/// passed on without a copy; only a row that is cut between pieces is copied. JSON Lines can be split in the same way.
package struct CopyRows: Sendable {
    /// The largest row, in bytes: a server builds each row in one piece of memory, which is never as large as 1 GiB
    /// (`MaxAllocSize` in PostgreSQL's memutils.h).
    package static let maximumRow = 1 << 30

    private let limit: Int
    /// The beginning of a row whose end has not come yet.
    private var partial: [UInt8] = []
    /// How many rows were passed on, or begun to be passed on.
    package private(set) var count: Int64 = 0

    /// The most memory that is kept after a long row, in bytes.
    private static let kept = 1 << 20

    /// - Parameter limit: the largest row that is taken, in bytes.
    package init(limit: Int = maximumRow) { self.limit = limit }

    /// Takes the next bytes and passes on the rows that they complete. A row's memory is valid only during the call.
    /// - Throws: ``RowError/tooLong(row:)``; what `body` throws. Nothing more can be read after that.
    package mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (_ row: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard var start = bytes.baseAddress else { return }
        let end = start + bytes.count
        if !partial.isEmpty {
            guard let newline = memchr(start, Self.newline, end - start) else { return try keep(start, end) }
            try keep(start, UnsafeRawPointer(newline))
            count += 1
            try partial.withUnsafeBytes(body)
            partial.removeAll(keepingCapacity: partial.capacity <= Self.kept)
            start = UnsafeRawPointer(newline) + 1
        }
        while start < end {
            guard let newline = memchr(start, Self.newline, end - start) else { return try keep(start, end) }
            let length = UnsafeRawPointer(newline) - start
            count += 1
            guard length <= limit else { throw RowError.tooLong(row: count) }
            try body(UnsafeRawBufferPointer(start: start, count: length))
            start = UnsafeRawPointer(newline) + 1
        }
    }

    /// Call at the end of the bytes.
    /// - Throws: ``RowError/cutOff(row:)`` when they ended within a row.
    package func finish() throws(RowError) {
        guard partial.isEmpty else { throw .cutOff(row: count + 1) }
    }

    private mutating func keep(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) throws(RowError) {
        guard partial.count + (end - start) <= limit else { throw .tooLong(row: count + 1) }
        partial.append(contentsOf: UnsafeRawBufferPointer(start: start, count: end - start))
    }

    private static let newline = Int32(UInt8(ascii: "\n"))
}
