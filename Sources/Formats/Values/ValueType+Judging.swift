import Bytes

extension ValueType {
    /// Whether a text is a value of the type.
    /// - Parameter text: without COPY's escapes; not NULL.
    package func judge(_ text: UnsafeRawBufferPointer, _ encoding: ValueEncoding = .utf8) -> ValueAnswer {
        switch self {
        case .integer(let bytes):
            IntegerText.value(text, bytes: bytes) == nil ? .doesNotFit : .fits
        case .boolean: BooleanText.isValue(text) ? .fits : .doesNotFit
        case .uuid: UUIDText.value(text) == nil ? .doesNotFit : .fits
        case .numeric(let limit): NumericText.judge(text, limit)
        case .float(let bytes): FloatText.isValue(text, bytes: bytes) ? .fits : .doesNotFit
        case .text(let limit), .paddedText(let limit):
            limit.map { StringText.judge(text, atMost: $0, encoding) } ?? .fits
        case .date: TimeText(text, .date).answer
        case .timestamp(let zoned): TimeText(text, zoned ? .timestampWithTimeZone : .timestamp).answer
        case .time: ClockText.judge(text)
        case .interval: IntervalText.judge(text)
        case .bytea: ByteaText.isValue(text) ? .fits : .doesNotFit
        case .bits(let count, let varying): BitText.isValue(text, count: count, varying: varying) ? .fits : .doesNotFit
        case .enumeration(let labels): labels.contains(Array(text)) ? .fits : .doesNotFit
        case .json: JSONText.judge(text, isBinary: false)
        case .jsonb: JSONText.judge(text, isBinary: true)
        case .array(let element): ArrayText.judge(text, of: element, encoding)
        case .other: .unknown
        }
    }
}

/// Walks over the bytes of a text.
struct TextCursor {
    private(set) var next: UnsafeRawPointer
    let end: UnsafeRawPointer

    @inline(__always)
    init(_ text: UnsafeRawBufferPointer) { (next, end) = text.bounds }

    @inline(__always)
    var isAtEnd: Bool { next == end }
    @inline(__always)
    var count: Int { end - next }

    @inline(__always)
    var peek: UInt8? { next < end ? next.load(as: UInt8.self) : nil }

    @inline(__always)
    func peek(_ offset: Int) -> UInt8? { end - next > offset ? next.load(fromByteOffset: offset, as: UInt8.self) : nil }

    @inline(__always)
    mutating func skip(_ count: Int = 1) { next += count }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        next += 1
        return true
    }

    /// Moves past one of the letters, in either case.
    @inline(__always)
    mutating func take(letter: Unicode.Scalar) -> Bool {
        guard let byte = peek, ASCII.lowercased(byte) == UInt8(ascii: letter) else { return false }
        next += 1
        return true
    }

    /// Moves past a word, given in lowercase, in whatever case it is.
    mutating func take(word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard count >= length else { return false }
        for index in 0..<length
        where ASCII.lowercased(next.load(fromByteOffset: index, as: UInt8.self)) != word.utf8Start[index] {
            return false
        }
        next += length
        return true
    }

    @inline(__always)
    mutating func skipSpace() {
        while let byte = peek, ASCII.isSpace(byte) { next += 1 }
    }

    /// What has not been walked over.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: next, count: count) }
}
