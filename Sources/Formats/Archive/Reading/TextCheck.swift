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
                index = plain(start, from: index, to: bytes.count)
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

    /// Whether no character is cut off at the end.
    var isAtEnd: Bool { open == 0 }

    /// Skips blocks of plain ASCII; in other encodings, blocks without a byte 0.
    private func plain(_ start: UnsafeRawPointer, from index: Int, to end: Int) -> Int {
        var index = index
        if isUTF8 {
            while index + ByteBlock.count <= end {
                let block = ByteBlock(start + index)
                if (block | (block == 0)).mask != 0 { break }
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
