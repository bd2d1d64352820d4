import Bytes

/// An unquoted word of up to 16 bytes, folded to lower case, so that it compares in one step.
struct Keyword: Equatable {
    /// The bytes, with the last one in the lowest place. Of a longer word, these are its last 16 bytes.
    private(set) var bytes: UInt128 = 0
    /// How many bytes the whole word has; it may be more than 16.
    private(set) var length = 0
    /// Its first byte; 0 while it has none.
    private(set) var first: UInt8 = 0

    init() {}

    init(_ word: StaticString) {
        for index in 0..<word.utf8CodeUnitCount { append(word.utf8Start[index]) }
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if length == 0 { first = ASCII.lowercased(byte) }
        bytes = bytes << 8 | UInt128(ASCII.lowercased(byte))
        length &+= 1
    }

    /// The word if it is one letter, or 0.
    @inline(__always)
    var onlyLetter: UInt8 { length == 1 ? UInt8(truncatingIfNeeded: bytes) : 0 }
}
