import Bytes
import Rows

/// A `numeric` with a precision and a scale: as text with exactly so many digits behind the point, and as an integer of so
/// many units, big-endian.
enum DecimalText {
    static func write(
        _ text: UnsafeRawBufferPointer, _ precision: Int, _ scale: Int, to values: inout ByteBuffer
    ) throws(Flaw) {
        let isNegative = text.first == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        let point = scale == 0 ? text.count : text.count - scale - 1
        guard point > start, text.count - start <= 41, scale == 0 || text[point] == UInt8(ascii: "."),
            text[start] != UInt8(ascii: "0") || point == start + 1
        else { throw .number }
        var number: Int128 = 0
        for index in start..<text.count where index != point {
            guard ASCII.isDigit(text[index]) else { throw .number }
            number = number &* 10 &+ Int128(text[index] - UInt8(ascii: "0"))
        }
        guard number >= 0, number < powers[precision], number > 0 || !isNegative else { throw .number }
        let width = width(precision)
        let bits = isNegative ? -number : number
        values.append(atMost: width) { target in
            withUnsafeBytes(of: bits.bigEndian) { bytes in
                UnsafeMutableRawBufferPointer(start: target, count: width).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: bytes[(16 - width)...]))
            }
            return width
        }
    }

    static func read(
        _ value: UnsafeRawBufferPointer, _ precision: Int, _ scale: Int, to output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        var number: Int128 = value[0] >= 0x80 ? -1 : 0
        for byte in value { number = number << 8 | Int128(byte) }
        guard number.magnitude < UInt128(powers[precision]) else { throw .number }
        if number < 0 { output.put(UInt8(ascii: "-")) }
        var rest = number.magnitude
        // At least one digit before the point.
        var count = scale + 1
        while count < 39, rest >= UInt128(powers[count]) { count += 1 }
        let length = count + (scale > 0 ? 1 : 0)
        for index in stride(from: length - 1, through: 0, by: -1) {
            if scale > 0, index == length - 1 - scale {
                output.storeBytes(of: UInt8(ascii: "."), toByteOffset: index, as: UInt8.self)
                continue
            }
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            output.storeBytes(of: UInt8(ascii: "0") + UInt8(digit), toByteOffset: index, as: UInt8.self)
            rest = quotient
        }
        output += length
    }

    private static func width(_ precision: Int) -> Int { widths[precision] }

    /// Powers of ten: 10^0 to 10^38.
    private static let powers: [Int128] = (0...38).map { (0..<$0).reduce(Int128(1)) { product, _ in product * 10 } }

    /// Bytes of a decimal, by its precision.
    private static let widths: [Int] = powers.map { (128 - ($0 - 1).leadingZeroBitCount) / 8 + 1 }
}
