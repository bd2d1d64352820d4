import Bytes
import Glibc
import Parquet
import Rows

/// Values between PostgreSQL's text, without the escapes of COPY, and the bytes that Parquet stores.
///
/// Only texts that the server prints are taken, so each has exactly one value, and each value exactly one text.
enum TypedText {
    /// Appends the bytes of a value, as ``ColumnValues`` takes them.
    static func write(
        _ text: UnsafeRawBufferPointer, _ type: ColumnSchema.ValueType, to values: inout ByteBuffer
    ) throws(Flaw) {
        switch type {
        case .text, .json:
            values.append(atMost: text.count + 4) { target in
                target.storeBytes(of: UInt32(text.count).littleEndian, as: UInt32.self)
                if let source = text.baseAddress { (target + 4).copyMemory(from: source, byteCount: text.count) }
                return text.count + 4
            }
        case .boolean:
            guard text.count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") else { throw .boolean }
            put(text[0] == UInt8(ascii: "t") ? UInt8(1) : 0, &values)
        case .int16: put(Int32(try integer(text, as: Int16.self)), &values)
        case .int32: put(try integer(text, as: Int32.self), &values)
        case .int64: put(try integer(text, as: Int64.self), &values)
        case .float: put(try FloatText.float(text).bitPattern, &values)
        case .double: put(try FloatText.double(text).bitPattern, &values)
        case .decimal(let precision, let scale): try DecimalText.write(text, precision, scale, to: &values)
        case .date:
            guard let time = DatabaseTime(text), time.form == .date, !time.isInfinite,
                let days = Int32(exactly: time.days)
            else { throw .time }
            put(days, &values)
        case .timestamp(let inUTC):
            guard let time = DatabaseTime(text), time.form == (inUTC ? .timestampWithTimeZone : .timestamp),
                let microseconds = time.microsecondsSince1970
            else { throw .time }
            put(microseconds, &values)
        case .uuid: try HexText.writeUUID(text, to: &values)
        case .binary: try HexText.writeBytes(text, to: &values)
        }
    }

    /// The most bytes that the text of a value takes.
    /// - Parameter size: of the value, in bytes.
    static func room(_ type: ColumnSchema.ValueType, size: Int) -> Int {
        switch type {
        case .text, .json: size
        case .binary: 2 * size + 2
        default: 64
        }
    }

    /// Writes the text of a value.
    /// - Throws: a ``Flaw`` if no text has this value.
    static func read(
        _ value: UnsafeRawBufferPointer, _ type: ColumnSchema.ValueType, to output: inout UnsafeMutableRawPointer
    ) throws(Flaw) {
        switch type {
        case .text, .json: output.put(value)
        case .boolean: output.put(value[0] == 0 ? UInt8(ascii: "f") : UInt8(ascii: "t"))
        case .int16:
            guard let number = Int16(exactly: get(value, Int32.self)) else { throw .number }
            put(decimal: Int64(number), &output)
        case .int32: put(decimal: Int64(get(value, Int32.self)), &output)
        case .int64: put(decimal: get(value, Int64.self), &output)
        case .float: FloatText.put(Float(bitPattern: get(value, UInt32.self)), &output)
        case .double: FloatText.put(Double(bitPattern: get(value, UInt64.self)), &output)
        case .decimal(let precision, let scale): try DecimalText.read(value, precision, scale, to: &output)
        case .date:
            let time = DatabaseTime(days: Int64(get(value, Int32.self)), microseconds: 0, form: .date)
            output += time.write(to: output)
        case .timestamp(let inUTC):
            let time = DatabaseTime(
                microsecondsSince1970: get(value, Int64.self), inUTC ? .timestampWithTimeZone : .timestamp)
            output += time.write(to: output)
        case .uuid: HexText.readUUID(value, to: &output)
        case .binary: HexText.readBytes(value, to: &output)
        }
    }

    // MARK: Integers

    /// An integer without leading zeros and without a plus.
    private static func integer<Number: FixedWidthInteger>(
        _ text: UnsafeRawBufferPointer, as: Number.Type
    ) throws(Flaw) -> Number {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? 1 : 0
        guard text.count > digits, text.count <= 20,
            text[digits] != UInt8(ascii: "0") || (text.count == 1 && !isNegative)
        else { throw .number }
        var number: Number = 0
        for index in digits..<text.count {
            guard ASCII.isDigit(text[index]) else { throw .number }
            let digit = Number(text[index] - UInt8(ascii: "0"))
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, more) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !overflow, !more else { throw .number }
            number = sum
        }
        return number
    }

    static func put(decimal number: Int64, _ output: inout UnsafeMutableRawPointer) {
        if number < 0 { output.put(UInt8(ascii: "-")) }
        put(digits: number.magnitude, &output)
    }

    private static func put(digits number: UInt64, _ output: inout UnsafeMutableRawPointer) {
        var (rest, count) = (number, 1)
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        rest = number
        for index in stride(from: count - 1, through: 0, by: -1) {
            output.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: index, as: UInt8.self)
            rest /= 10
        }
        output += count
    }

    // MARK: Bytes

    private static func put<Number: FixedWidthInteger>(_ number: Number, _ values: inout ByteBuffer) {
        values.append(atMost: MemoryLayout<Number>.size) { target in
            target.storeBytes(of: number.littleEndian, as: Number.self)
            return MemoryLayout<Number>.size
        }
    }

    private static func get<Number: FixedWidthInteger>(_ value: UnsafeRawBufferPointer, _: Number.Type) -> Number {
        Number(littleEndian: value.loadUnaligned(as: Number.self))
    }
}
