import Bytes
import Rows

/// What is known of a column of a table, for the inspection of its rows.
package struct InspectedColumn: Sendable {
    package let name: String
    package let type: ValueType
    /// Whether no row may have NULL in it.
    package let isNotNull: Bool
    /// How its values are compared; nil where two texts may be one value, or one text two.
    package let keyKind: KeyKind?

    package init(name: String, type: ValueType, isNotNull: Bool = false, keyKind: KeyKind? = nil) {
        (self.name, self.type, self.isNotNull, self.keyKind) = (name, type, isNotNull, keyKind)
    }
}

/// What was found in a column.
package struct ColumnFindings: Sendable, Equatable {
    /// NULLs, of a column that must have none.
    package var nulls: Int64 = 0
    /// Values that cannot be of the column's type.
    package var misfits: Int64 = 0
    /// Values that were not judged, as they are in a form that servers do not print.
    package var unjudged: Int64 = 0
    /// Of a date or a timestamp: the finite values, `timestamptz` in UTC.
    package var times = TimeRange()

    package mutating func add(_ other: ColumnFindings) {
        nulls += other.nulls
        misfits += other.misfits
        unjudged += other.unjudged
        times.add(other.times)
    }
}

/// Judges the values of one column. Values in the form that servers print are judged where they lie; all others by the rules of the
/// type, without COPY's escapes.
struct ColumnInspector {
    let type: ValueType
    let isNotNull: Bool
    private(set) var findings = ColumnFindings()
    private let look: Look

    private enum Look {
        /// Every text is a value.
        case nothing
        case integer(bytes: Int)
        case numeric(NumericLimit?)
        /// No text of so many bytes is too long.
        case text(bytes: Int)
        case time(DatabaseTime.Form)
        case json(isBinary: Bool)
        case bytea
        case value
    }

    init(_ column: InspectedColumn) {
        type = column.type
        isNotNull = column.isNotNull
        look =
            switch column.type {
            case .text(nil), .paddedText(nil), .other: .nothing
            case .text(let limit?), .paddedText(let limit?): .text(bytes: limit)
            case .integer(let bytes): .integer(bytes: bytes)
            case .numeric(let limit): .numeric(limit)
            case .date: .time(.date)
            case .timestamp(let zoned): .time(zoned ? .timestampWithTimeZone : .timestamp)
            case .json: .json(isBinary: false)
            case .jsonb: .json(isBinary: true)
            case .bytea: .bytea
            case let type: type.isJudged ? .value : .nothing
            }
    }

    @inline(__always)
    mutating func take(_ field: RowField, _ encoding: ValueEncoding, _ buffer: inout ByteBuffer) {
        if field.isNull {
            if isNotNull { findings.nulls += 1 }
            return
        }
        switch look {
        case .nothing: return
        case .integer(let bytes):
            if !field.hasEscapes, IntegerText.value(field.bytes, bytes: bytes) != nil { return }
        case .numeric(let limit): if !field.hasEscapes, NumericText.isPrinted(field.bytes, limit) { return }
        case .text(let bytes): if field.bytes.count <= bytes { return }
        case .time(let form):
            if !field.hasEscapes, let time = TimeText.printed(field.bytes, form) { return findings.times.add(time) }
        case .json(let isBinary):
            if JSONText.fits(field.bytes, isBinary: isBinary, isEscaped: field.hasEscapes) { return }
        case .bytea: if field.hasEscapes, ByteaField.isHex(field.bytes) { return }
        case .value: break
        }
        judge(field, encoding, &buffer)
    }

    private mutating func judge(_ field: RowField, _ encoding: ValueEncoding, _ buffer: inout ByteBuffer) {
        if !field.hasEscapes { return judge(field.bytes, encoding) }
        buffer.removeAll()
        CopyText.unescape(field.bytes, to: &buffer)
        buffer.withUnsafeBytes { judge($0, encoding) }
    }

    private mutating func judge(_ text: UnsafeRawBufferPointer, _ encoding: ValueEncoding) {
        if case .time(let form) = look {
            let text = TimeText(text, form)
            if let time = text.time, !time.isInfinite { findings.times.add(time) }
            return count(text.answer)
        }
        count(type.judge(text, encoding))
    }

    private mutating func count(_ answer: ValueAnswer) {
        switch answer {
        case .fits: break
        case .doesNotFit: findings.misfits += 1
        case .unknown: findings.unjudged += 1
        }
    }
}

/// A `bytea` in a row: `\\x` and hex digits, as the server prints it with `bytea_output` hex.
enum ByteaField {
    @inline(__always)
    static func isHex(_ field: UnsafeRawBufferPointer) -> Bool {
        guard field.count >= 3, field[0] == ASCII.backslash, field[1] == ASCII.backslash, field[2] == UInt8(ascii: "x")
        else { return false }
        return ByteaText.isHex(UnsafeRawBufferPointer(rebasing: field[3...]))
    }
}
