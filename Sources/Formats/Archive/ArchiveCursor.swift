import SystemPackage

/// Reads the primitives of `pg_dump`'s archives: `ReadInt`, `ReadStr` and `ReadOffset` of PostgreSQL's
/// `pg_backup_archiver.c`.
struct ArchiveCursor {
    /// The longest string that is read, in bytes. `pg_dump` sets no bound; the longest definitions seen are far
    /// below a MiB.
    static let longestString = 64 * 1024 * 1024

    private(set) var cursor: FileCursor
    /// Bytes in an integer and in an offset, as the header says.
    var intSize = 4
    var offsetSize = 8
    /// The encoding of names and definitions, as an entry at the start of the table of contents says.
    var encoding = TextEncoding.utf8

    init(_ cursor: FileCursor) {
        self.cursor = cursor
    }

    var path: FilePath { cursor.path }
    var offset: Int64 { cursor.offset }
    var remaining: Int64 { cursor.remaining }

    mutating func byte(_ what: @autoclosure () -> String) throws(ArchiveError) -> UInt8 {
        try cursor.byte(what())
    }

    mutating func bytes(_ count: Int, _ what: @autoclosure () -> String) throws(ArchiveError) -> [UInt8] {
        try cursor.bytes(count, what())
    }

    /// As ``FileCursor/piece(atMost:_:_:)``.
    mutating func piece(
        atMost count: Int, _ what: @autoclosure () -> String, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(ArchiveError) -> Int {
        try cursor.piece(atMost: count, what(), body)
    }

    /// A sign byte (1 is negative), then ``intSize`` bytes of magnitude, the lowest first.
    ///
    /// - Parameter range: the allowed values.
    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)``; ``ArchiveError/malformed(_:offset:problem:)`` when the
    ///   value is outside of `range`.
    mutating func int(_ what: String, in range: ClosedRange<Int>) throws(ArchiveError) -> Int {
        let start = offset
        let (sign, magnitude) = try number(what)
        // No machine writes a zero with a minus.
        guard sign == 0 || sign == 1 && magnitude > 0, magnitude <= UInt64(Int64.max) else {
            throw malformed(at: start, "\(what) is not a number")
        }
        let value = sign == 1 ? -Int(magnitude) : Int(magnitude)
        guard range.contains(value) else { throw malformed(at: start, "\(what) is \(value)") }
        return value
    }

    private mutating func number(_ what: String) throws(ArchiveError) -> (sign: UInt8, magnitude: UInt64) {
        if let (sign, magnitude) = cursor.number(intSize) { return (sign, magnitude) }
        let sign = try byte(what)
        var magnitude: UInt64 = 0
        for index in 0..<intSize {
            magnitude |= UInt64(try byte(what)) << (8 * UInt64(index))
        }
        return (sign, magnitude)
    }

    /// Goes on with another range of the file.
    mutating func move(to range: Range<Int64>) { cursor.move(to: range) }

    /// The length as an integer (−1 is NULL), then the bytes.
    ///
    /// - Returns: nil for NULL.
    /// - Throws: ``ArchiveError/truncated(_:offset:reading:)`` when fewer bytes are left;
    ///   ``ArchiveError/malformed(_:offset:problem:)`` when the length is below −1 or above ``longestString``, or a byte 0
    ///   is in it.
    mutating func string(_ what: String) throws(ArchiveError) -> String? {
        let length = try int("the length of \(what)", in: -1...Self.longestString)
        guard length >= 0 else { return nil }
        let start = offset
        let bytes = try bytes(length, what)
        // pg_restore would read it up to there.
        guard !bytes.contains(0) else { throw malformed(at: start, "\(what) holds a byte 0") }
        return encoding.decode(bytes)
    }

    /// A string of decimal digits.
    ///
    /// - Throws: ``ArchiveError/malformed(_:offset:problem:)`` when it is something else, or out of the type's range.
    mutating func decimal<Number: FixedWidthInteger>(
        _ what: String, as type: Number.Type = Number.self
    ) throws(ArchiveError) -> Number? {
        let start = offset
        guard let text = try string(what) else { return nil }
        guard let number = Number(text) else { throw malformed(at: start, "\(what) is not a number") }
        return number
    }

    func malformed(at offset: Int64, _ problem: String) -> ArchiveError {
        .malformed(path, offset: offset, problem: problem)
    }
}
