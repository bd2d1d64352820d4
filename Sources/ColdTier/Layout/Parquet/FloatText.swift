import Bytes
import Glibc

/// Floating-point numbers as PostgreSQL prints them (`d2s.c`, `f2s.c`): the fewest digits that are read as the same number,
/// the nearest of these to it; with an exponent below 1e-04, and from 1e+15 (`real`: from 1e+06).
enum FloatText {
    /// - Throws: ``Flaw/number`` for any text that the server would not have printed.
    static func double(_ text: UnsafeRawBufferPointer) throws(Flaw) -> Double {
        try parse(text, { strtod($0, nil) }, put)
    }

    /// - Throws: ``Flaw/number`` for any text that the server would not have printed.
    static func float(_ text: UnsafeRawBufferPointer) throws(Flaw) -> Float {
        try parse(text, { strtof($0, nil) }, put)
    }

    /// The text is read by the C library, and is right if it is printed the same.
    private static func parse<Number>(
        _ text: UnsafeRawBufferPointer, _ read: (UnsafePointer<CChar>) -> Number,
        _ put: (Number, inout UnsafeMutableRawPointer) -> Void
    ) throws(Flaw) -> Number {
        guard !text.isEmpty, text.count < maximumLength else { throw .number }
        let (number, isSame) = withUnsafeTemporaryAllocation(byteCount: 2 * maximumLength, alignment: 8) { buffer in
            let base = buffer.baseAddress.unsafelyUnwrapped
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<text.count]).copyMemory(from: text)
            buffer[text.count] = 0
            let number = read(UnsafePointer(base.assumingMemoryBound(to: CChar.self)))
            var output = base + maximumLength
            put(number, &output)
            let written = UnsafeRawBufferPointer(rebasing: buffer[maximumLength..<output - base])
            return (number, written.elementsEqual(text))
        }
        guard isSame else { throw .number }
        return number
    }

    /// No text is longer.
    private static let maximumLength = 64

    static func put(_ number: Double, _ output: inout UnsafeMutableRawPointer) {
        guard number.isFinite, number != 0 else { return putSpecial(number, &output) }
        put(digits(of: number), number.sign == .minus, fixedBelow: 15, &output)
    }

    static func put(_ number: Float, _ output: inout UnsafeMutableRawPointer) {
        guard number.isFinite, number != 0 else { return putSpecial(number, &output) }
        put(digits(of: number), number.sign == .minus, fixedBelow: 6, &output)
    }

    private static func putSpecial<Number: BinaryFloatingPoint>(
        _ number: Number, _ output: inout UnsafeMutableRawPointer
    ) {
        if number.isNaN { return output.put("NaN") }
        if number.sign == .minus { output.put(UInt8(ascii: "-")) }
        output.put(number == 0 ? "0" : "Infinity")
    }

    // MARK: Digits

    /// A number as `digits` × 10^`power`; the last digit is not 0.
    struct Digits: Equatable {
        var digits: UInt64
        var power: Int
    }

    /// Swift's own digits are the fewest that are read as the same number by a reader that rounds halves to even. PostgreSQL
    /// does not count on that: a text exactly halfway between two numbers gets more digits.
    private static func digits<Number: BinaryFloatingPoint & LosslessStringConvertible>(of number: Number) -> Digits {
        let shortest = Digits("\(number.magnitude)")
        guard shortest.isHalfway(beside: number.magnitude) else { return shortest }
        let count = String(shortest.digits).utf8.count
        for count in count..<18 {
            let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: maximumLength) { buffer in
                withVaList([Int32(count), Double(number.magnitude)]) { arguments in
                    _ = vsnprintf(buffer.baseAddress, buffer.count, "%.*e", arguments)
                }
                return String(cString: buffer.baseAddress.unsafelyUnwrapped)
            }
            let longer = Digits(text)
            if Number(text) == number.magnitude, !longer.isHalfway(beside: number.magnitude) { return longer }
        }
        return shortest
    }

    // MARK: Writing

    private static func put(
        _ number: Digits, _ isNegative: Bool, fixedBelow limit: Int, _ output: inout UnsafeMutableRawPointer
    ) {
        if isNegative { output.put(UInt8(ascii: "-")) }
        let digits = output
        var end = output
        TypedText.put(decimal: Int64(number.digits), &end)
        let count = end - digits
        // Of the first digit.
        let exponent = number.power + count - 1
        guard exponent >= -4, exponent < limit else {
            output = end
            if count > 1 { insert(".", at: digits + 1, before: &output) }
            output.put(UInt8(ascii: "e"), exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            if exponent.magnitude < 10 { output.put(UInt8(ascii: "0")) }
            TypedText.put(decimal: Int64(exponent.magnitude), &output)
            return
        }
        output = end
        if exponent < 0 {
            let zeros: StaticString = ["0.", "0.0", "0.00", "0.000"][-exponent - 1]
            insert(zeros, at: digits, before: &output)
        } else if number.power >= 0 {
            for _ in 0..<number.power { output.put(UInt8(ascii: "0")) }
        } else {
            insert(".", at: digits + exponent + 1, before: &output)
        }
    }

    private static func insert(
        _ text: StaticString, at place: UnsafeMutableRawPointer, before end: inout UnsafeMutableRawPointer
    ) {
        memmove(place + text.utf8CodeUnitCount, place, end - place)
        place.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        end += text.utf8CodeUnitCount
    }
}

extension FloatText.Digits {
    /// - Parameter text: of a positive finite number, with or without a point and an exponent.
    fileprivate init(_ text: String) {
        var (digits, power, isFraction): (UInt64, Int, Bool) = (0, 0, false)
        let parts = text.utf8.split(separator: UInt8(ascii: "e"))
        for byte in parts[0] {
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
                if isFraction { power -= 1 }
            }
        }
        if parts.count > 1 { power += Int(String(decoding: parts[1], as: UTF8.self)) ?? 0 }
        while digits > 0, digits % 10 == 0 {
            digits /= 10
            power += 1
        }
        self.init(digits: digits, power: power)
    }

    /// True if it lies exactly in the middle between a number and the next larger or the next smaller one.
    fileprivate func isHalfway<Number: BinaryFloatingPoint>(beside number: Number) -> Bool {
        // The number is `significand` × 2^`exponent`.
        let least = Number.leastNonzeroMagnitude.exponent
        let exponent = max(number.exponent - Number.Exponent(Number.significandBitCount), least)
        let significand = UInt64(number / Number(sign: .plus, exponent: exponent, significand: 1))
        // Below a power of two, numbers are twice as close.
        let isPower = number.significand == 1 && number.isNormal && exponent > least
        return isEqual(2 * significand + 1, Int(exponent) - 1)
            || (isPower
                ? isEqual(4 * significand - 1, Int(exponent) - 2) : isEqual(2 * significand - 1, Int(exponent) - 1))
    }

    /// Whether it equals `odd` × 2^`exponent`.
    private func isEqual(_ odd: UInt64, _ exponent: Int) -> Bool {
        // 5^27 is above 2^62, so neither side can have such a factor.
        guard power.magnitude <= 27 else { return false }
        let five = (0..<power.magnitude).reduce(UInt128(1)) { product, _ in product * 5 }
        let (own, other) = power >= 0 ? (UInt128(digits) * five, UInt128(odd)) : (UInt128(digits), UInt128(odd) * five)
        let twos = own.trailingZeroBitCount
        return own >> UInt128(twos) == other && twos + power == exponent
    }
}
