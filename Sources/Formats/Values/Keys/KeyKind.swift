import Bytes
import Glibc
import Rows

/// How the values of a type are compared with one another: types of one kind compare as their keys do. A kind is there for
/// every type of which a value has one text only, or a simple other form that is the same for equal values.
package enum KeyKind: Sendable, Hashable {
    case integer
    case uuid
    /// Text of a deterministic collation, byte by byte.
    case text
    /// `character(n)`: spaces at the end mean nothing.
    case paddedText
    /// 1.0 and 1.00 are equal.
    case numeric
    case float(bytes: Int)
    case boolean
    case date
    case timestamp(zoned: Bool)
    case time
    case bytea
    /// Of one enum type, by its name with its schema.
    case enumeration(String)

    /// The kind of a type; nil where texts do not tell whether values are equal: intervals, `timetz`, json, arrays, bit
    /// strings, and all types that are not judged.
    /// - Parameter name: of an enum.
    package init?(_ type: ValueType, name: String = "") {
        switch type {
        case .integer: self = .integer
        case .uuid: self = .uuid
        case .text: self = .text
        case .paddedText: self = .paddedText
        case .numeric: self = .numeric
        case .float(let bytes): self = .float(bytes: bytes)
        case .boolean: self = .boolean
        case .date: self = .date
        case .timestamp(let zoned): self = .timestamp(zoned: zoned)
        case .time(zoned: false): self = .time
        case .bytea: self = .bytea
        case .enumeration: self = .enumeration(name)
        case .time, .interval, .bits, .json, .jsonb, .array, .other: return nil
        }
    }

    /// The value as one number that no other value of the kind has; nil where it has none.
    @inline(__always)
    func number(_ text: UnsafeRawBufferPointer) -> UInt128? {
        switch self {
        case .integer: IntegerText.value(text, bytes: 8).map { UInt128(UInt64(bitPattern: $0) ^ 1 << 63) }
        case .uuid: UUIDText.value(text)
        case .date: Self.number(TimeText(text, .date).time)
        case .timestamp(let zoned):
            Self.number(TimeText(text, zoned ? .timestampWithTimeZone : .timestamp).time)
        case .boolean: text.elementsEqual("t".utf8) ? 1 : text.elementsEqual("f".utf8) ? 0 : nil
        case .float(let bytes): FloatText.bits(text, bytes: bytes).map { UInt128($0) }
        case .time: ClockText.microseconds(text).map { UInt128($0) }
        case .text, .paddedText, .numeric, .bytea, .enumeration: nil
        }
    }

    /// Whether values have a ``number(_:)``. Those of other kinds have bytes.
    var isNumber: Bool {
        switch self {
        case .integer, .uuid, .date, .timestamp, .boolean, .float, .time: true
        case .text, .paddedText, .numeric, .bytea, .enumeration: false
        }
    }

    /// The bytes that are the same for equal values.
    /// - Returns: nil where the text is not as servers print it.
    @inline(__always)
    func bytes(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        switch self {
        case .text, .enumeration: return text
        case .paddedText:
            var count = text.count
            while count > 0, text[count - 1] == ASCII.space { count -= 1 }
            return UnsafeRawBufferPointer(rebasing: text[..<count])
        case .numeric: return NumericText.key(text)
        case .bytea: return ByteaText.isPrinted(text) ? text : nil
        default: return nil
        }
    }

    private static func number(_ time: DatabaseTime?) -> UInt128? {
        time.map { UInt128(UInt64(bitPattern: $0.days)) << 64 | UInt128(UInt64(bitPattern: $0.microseconds)) }
    }
}

extension NumericText {
    /// The number without the zeros at the end of its fraction: `1.50` and `1.5` are one key.
    /// - Returns: nil where it is not as servers print it.
    static func key(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        if text.elementsEqual("NaN".utf8) || text.elementsEqual("Infinity".utf8) || text.elementsEqual("-Infinity".utf8)
        {
            return text
        }
        var index = text.first == UInt8(ascii: "-") ? 1 : 0
        let start = index
        while index < text.count, ASCII.isDigit(text[index]) { index += 1 }
        guard index > start, index == start + 1 || text[start] != UInt8(ascii: "0") else { return nil }
        var end = index
        if index < text.count {
            guard text[index] == UInt8(ascii: ".") else { return nil }
            index += 1
            while index < text.count, ASCII.isDigit(text[index]) {
                if text[index] != UInt8(ascii: "0") { end = index + 1 }
                index += 1
            }
            guard index == text.count, text[index - 1] != UInt8(ascii: ".") else { return nil }
        }
        // A zero has no sign.
        if start == 1, text[1] == UInt8(ascii: "0"), end == 2 { return nil }
        return UnsafeRawBufferPointer(rebasing: text[..<end])
    }
}

extension ByteaText {
    /// Whether it is in the form that servers print with `bytea_output` hex.
    static func isPrinted(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count >= 2 && text[0] == ASCII.backslash && text[1] == UInt8(ascii: "x")
            && text.dropFirst(2).allSatisfy { ASCII.isDigit($0) || (0x61...0x66).contains($0) }
    }
}

extension ClockText {
    /// Of a whole text without a zone; nil where it is not in the form that servers print, or no time.
    static func microseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
        var cursor = TextCursor(text)
        guard let value = read(&cursor)?.value, cursor.isAtEnd else { return nil }
        return value
    }
}

extension FloatText {
    /// The bits of the value, the same for 0 and -0, and for every NaN.
    static func bits(_ text: UnsafeRawBufferPointer, bytes: Int) -> UInt64? {
        guard isValue(text, bytes: bytes) else { return nil }
        let text = String(decoding: text, as: UTF8.self)
        let value = bytes == 4 ? Double(strtof(text, nil)) : strtod(text, nil)
        return value.isNaN ? .max : value == 0 ? 0 : value.bitPattern
    }
}
