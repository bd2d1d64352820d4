import Bytes
import Rows

/// `bytea` and `uuid` as PostgreSQL prints them: lowercase hex digits.
enum HexText {
    static func writeBytes(_ text: UnsafeRawBufferPointer, to values: inout ByteBuffer) throws(Flaw) {
        guard text.count >= 2, text.count % 2 == 0, text[0] == ASCII.backslash, text[1] == UInt8(ascii: "x") else {
            throw .hex
        }
        let size = text.count / 2 - 1
        try values.append(atMost: size + 4) { target throws(Flaw) in
            target.storeBytes(of: UInt32(size).littleEndian, as: UInt32.self)
            for index in 0..<size {
                (target + 4).storeBytes(of: try pair(text, 2 * index + 2), toByteOffset: index, as: UInt8.self)
            }
            return size + 4
        }
    }

    static func readBytes(_ value: UnsafeRawBufferPointer, to output: inout UnsafeMutableRawPointer) {
        output.put(ASCII.backslash, UInt8(ascii: "x"))
        for byte in value { put(byte, &output) }
    }

    /// Groups of 4, 2, 2, 2 and 6 bytes, with a hyphen between two groups.
    static func writeUUID(_ text: UnsafeRawBufferPointer, to values: inout ByteBuffer) throws(Flaw) {
        guard text.count == 36, [8, 13, 18, 23].allSatisfy({ text[$0] == UInt8(ascii: "-") }) else { throw .hex }
        try values.append(atMost: 16) { target throws(Flaw) in
            var place = 0
            for index in 0..<16 {
                if text[place] == UInt8(ascii: "-") { place += 1 }
                target.storeBytes(of: try pair(text, place), toByteOffset: index, as: UInt8.self)
                place += 2
            }
            return 16
        }
    }

    static func readUUID(_ value: UnsafeRawBufferPointer, to output: inout UnsafeMutableRawPointer) {
        for (index, byte) in value.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { output.put(UInt8(ascii: "-")) }
            put(byte, &output)
        }
    }

    private static func pair(_ text: UnsafeRawBufferPointer, _ index: Int) throws(Flaw) -> UInt8 {
        guard let high = HexDigit.value(lowercase: text[index]), let low = HexDigit.value(lowercase: text[index + 1])
        else { throw .hex }
        return high << 4 | low
    }

    private static func put(_ byte: UInt8, _ output: inout UnsafeMutableRawPointer) {
        output.put(HexDigit.lowercase(byte >> 4), HexDigit.lowercase(byte & 15))
    }
}
