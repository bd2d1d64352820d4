import Bytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A chunk of a script, and how much of it has been processed.
struct PlainPiece {
    /// The bytes as they are.
    let bytes: UnsafeBufferPointer<UInt8>
    /// For the encodings in which half of a character may look like ASCII: the bytes with such halves replaced by 0xFF,
    /// as psql does it (`psql_scan_prepare`). Empty for other encodings.
    private var blotted: [UInt8] = []
    /// The index of the first byte that has not been sent to its destination.
    var routed = 0
    /// Line ends before this index have been counted.
    private var counted = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding, _ isWithinPair: inout Bool) {
        self.bytes = bytes
        blot(from: 0, encoding, &isWithinPair)
    }

    /// The byte as the lexer has to see it.
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        blotted.isEmpty ? bytes[index] : blotted[index]
    }

    /// Replaces the second halves of characters by 0xFF, from `start` on.
    ///
    /// - Parameter isWithinPair: whether the first byte is such a half; on return, whether the first byte of the next
    ///   chunk is.
    mutating func blot(from start: Int, _ encoding: TextEncoding, _ isWithinPair: inout Bool) {
        guard encoding.hasPairs else {
            blotted = []
            isWithinPair = false
            return
        }
        blotted = Array(bytes)
        for index in start..<bytes.count {
            // psql takes lines apart first, so a line end is never half of a character.
            if isWithinPair && bytes[index] != ASCII.newline {
                blotted[index] = 0xFF
                isWithinPair = false
            } else {
                isWithinPair = encoding.isLeadByte(bytes[index])
            }
        }
    }

    /// Counts the line ends up to `end` that have not been counted.
    mutating func countLines(to end: Int) -> Int {
        defer { counted = end }
        guard let base = bytes.baseAddress else { return 0 }
        var count = 0
        var next = counted
        // Lines can be many megabytes long.
        while let newline = memchr(base + next, Int32(ASCII.newline), end - next) {
            count += 1
            next = UnsafeRawPointer(newline) - UnsafeRawPointer(base) + 1
        }
        return count
    }
}
