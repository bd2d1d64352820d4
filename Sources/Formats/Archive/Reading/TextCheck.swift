import Bytes

/// Checks that bytes, cut anywhere, are text of an encoding, as a server that reads them would.
///
/// UTF-8 is checked in full. Of other encodings, only the byte 0 is looked for, which no text has.
struct TextCheck {
    private let isUTF8: Bool
    /// How many bytes of a character are still to come, and which its next byte may be.
    private var open = 0
    private var range: ClosedRange<UInt8> = 0x80...0xBF

    init(_ encoding: TextEncoding) {
        isUTF8 = encoding.isUTF8
    }

    /// - Returns: where the first byte is that cannot be there; nil if there is none.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        var index = 0
        while index < bytes.count {
            if open == 0 {
                var before: Int
                repeat {
                    before = index
                    index = plain(start, from: index, to: bytes.count)
                    if isUTF8 { index = Self.characters(start, from: index, to: bytes.count) }
                } while index > before
                if index == bytes.count { return nil }
            }
            let byte = bytes[index]
            if open > 0 {
                guard range.contains(byte) else { return index }
                range = 0x80...0xBF
                open -= 1
            } else if byte == 0 || (byte >= 0x80 && isUTF8 && !begin(byte)) {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Whether bytes are whole characters. Call before any are taken.
    func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var check = self
        return check.take(bytes) == nil && check.isAtEnd
    }

    /// Whether no character is cut off at the end.
    var isAtEnd: Bool { open == 0 }

    /// Skips blocks of plain ASCII; in other encodings, blocks without a byte 0.
    private func plain(_ start: UnsafeRawPointer, from index: Int, to end: Int) -> Int {
        var index = index
        if isUTF8 {
            while index + ByteBlock.count <= end {
                let block = ByteBlock(start + index)
                let mask = (block | (block == 0)).mask
                if mask != 0 { return index + mask.trailingZeroBitCount }
                index += ByteBlock.count
            }
            while index < end, case let byte = start.load(fromByteOffset: index, as: UInt8.self), byte != 0, byte < 0x80
            {
                index += 1
            }
        } else {
            while index + ByteBlock.count <= end, (ByteBlock(start + index) == 0).mask == 0 { index += ByteBlock.count }
            while index < end, start.load(fromByteOffset: index, as: UInt8.self) != 0 { index += 1 }
        }
        return index
    }

    /// Skips whole characters that are as they should be. Stops before eight bytes of ASCII, before any that are not right,
    /// and near the end.
    private static func characters(_ start: UnsafeRawPointer, from index: Int, to end: Int) -> Int {
        var index = index
        while index + 8 <= end {
            let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let second = UInt8(truncatingIfNeeded: word >> 8)
            switch UInt8(truncatingIfNeeded: word) {
            case 0..<0x80:
                let high = word & 0x8080_8080_8080_8080
                let count = high.trailingZeroBitCount / 8
                let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
                guard high != 0, zeros.trailingZeroBitCount / 8 >= count else { return index }
                index += count
            case 0xC2...0xDF:
                if isFourPairs(word) {
                    index += 8
                } else {
                    guard second & 0xC0 == 0x80 else { return index }
                    index += 2
                }
            case let first where first & 0xF0 == 0xE0:
                guard word & 0xC0_C000 == 0x80_8000, first != 0xE0 || second >= 0xA0, first != 0xED || second < 0xA0
                else {
                    return index
                }
                index += 3
            case let first where (0xF0...0xF4).contains(first):
                guard word & 0xC0C0_C000 == 0x8080_8000, first != 0xF0 || second >= 0x90, first != 0xF4 || second < 0x90
                else { return index }
                index += 4
            default: return index
            }
        }
        return index
    }

    /// Whether eight bytes are four characters of two bytes each.
    @inline(__always)
    private static func isFourPairs(_ word: UInt64) -> Bool {
        guard word & 0xC0E0_C0E0_C0E0_C0E0 == 0x80C0_80C0_80C0_80C0 else { return false }
        // C0 and C1 begin no character: of the bits 1 to 4, one must be set.
        let bits = word & 0x001E_001E_001E_001E
        return (bits &+ 0x7FFE_7FFE_7FFE_7FFE) & 0x8000_8000_8000_8000 == 0x8000_8000_8000_8000
    }

    /// Takes the first byte of a character of several bytes (Unicode's table 3-7, "well-formed UTF-8").
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: open = 1
        case 0xE0: (open, range) = (2, 0xA0...0xBF)
        case 0xED: (open, range) = (2, 0x80...0x9F)
        case 0xE1...0xEF: open = 2
        case 0xF0: (open, range) = (3, 0x90...0xBF)
        case 0xF1...0xF3: open = 3
        case 0xF4: (open, range) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }
}
