/// How the values of a key's first column become numbers in the same order, so that rows can be divided by ranges of it.
package enum KeyOrder: String, Codable, Sendable, CaseIterable {
    /// `smallint`, `integer`, `bigint`.
    case integer
    /// By its first 8 bytes.
    case uuid
    /// `date`, `timestamp` and `timestamptz`, to the microsecond; what is farther away than 64 bits of them counts as the end.
    case time

    /// - Parameter type: as `format_type` spells it.
    /// - Returns: nil for a type that is not divided into ranges.
    package init?(type: String) {
        switch type {
        case "smallint", "integer", "bigint": self = .integer
        case "uuid": self = .uuid
        case "date": self = .time
        case _ where type.hasPrefix("timestamp"): self = .time
        default: return nil
        }
    }

    /// The number that a field stands for.
    /// - Parameter field: of a canonical row.
    /// - Returns: nil for a field that is no value of the type, such as NULL.
    @inline(__always)
    package func position(of field: UnsafeRawBufferPointer) -> UInt64? {
        switch self {
        case .integer: Self.integer(field).map(Self.unsigned)
        case .uuid: Self.leading(field)
        case .time: DatabaseTime(field).map { Self.unsigned(Self.microseconds($0)) }
        }
    }

    /// The value that a number stands for, for people; of a `uuid` its first half.
    package func text(_ position: UInt64) -> String {
        let number = Int64(bitPattern: position ^ 1 << 63)
        switch self {
        case .integer: return String(number)
        case .uuid:
            let digits = Array(Self.hex(position))
            return String(digits[..<8] + "-" + digits[8..<12] + "-" + digits[12...])
        case .time:
            if number == .max { return DatabaseTime.infinity.description }
            if number == .min { return DatabaseTime.minusInfinity.description }
            let (days, rest) = (number / Self.day, number % Self.day)
            return DatabaseTime(
                days: rest < 0 ? days - 1 : days, microseconds: rest < 0 ? rest + Self.day : rest, form: .timestamp
            ).description
        }
    }

    /// The inverse of ``text(_:)``.
    /// - Returns: nil for another text.
    package func position(ofText text: String) -> UInt64? {
        // Behind the first half of a UUID, any other half.
        var text = self == .uuid && text.utf8.count == 18 ? text + "-0000-000000000000" : text
        return text.withUTF8 { position(of: UnsafeRawBufferPointer($0)) }
    }

    private static let day: Int64 = 86_400_000_000

    /// Negative numbers before positive ones.
    private static func unsigned(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) ^ 1 << 63 }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func integer(_ field: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = field.first == UInt8(ascii: "-")
        guard field.count > (isNegative ? 1 : 0) else { return nil }
        var number: Int64 = 0
        for index in (isNegative ? 1 : 0)..<field.count {
            let digit = field[index] &- 0x30
            guard digit <= 9 else { return nil }
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowToo) =
                isNegative
                ? tens.subtractingReportingOverflow(Int64(digit)) : tens.addingReportingOverflow(Int64(digit))
            guard !overflow, !overflowToo else { return nil }
            number = sum
        }
        return number
    }

    /// The first 16 hex digits of `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.
    private static func leading(_ field: UnsafeRawBufferPointer) -> UInt64? {
        guard field.count == 36 else { return nil }
        var number: UInt64 = 0
        for index in 0..<18 where index != 8 && index != 13 {
            switch field[index] {
            case let byte where byte &- 0x30 <= 9: number = number << 4 | UInt64(byte &- 0x30)
            case let byte where byte &- 0x61 <= 5: number = number << 4 | UInt64(byte &- 0x61 + 10)
            default: return nil
            }
        }
        return number
    }

    private static func microseconds(_ time: DatabaseTime) -> Int64 {
        let (whole, overflow) = time.days.multipliedReportingOverflow(by: day)
        let (sum, overflowToo) = whole.addingReportingOverflow(time.microseconds)
        return overflow || overflowToo ? (time.days < 0 ? .min : .max) : sum
    }
}
