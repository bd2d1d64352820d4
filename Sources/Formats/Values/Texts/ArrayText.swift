import Bytes

/// The text of an array (`array_in` in arrayfuncs.c): `{a,"b c",NULL}`, `{{1,2},{3,4}}`, `[0:1]={a,b}`.
struct ArrayText {
    private let element: ValueType
    private let encoding: ValueEncoding
    private var cursor: TextCursor
    /// How many items the arrays of each depth have; nil until the first of them ended.
    private var counts: [Int?] = []
    private var answer = ValueAnswer.fits
    /// Whether an upper bound is one that no server takes (`ArrayCheckBounds`): the index behind it would be no `int4`.
    private var isBeyondBounds = false

    /// The most dimensions (`MAXDIM`).
    private static let mostDimensions = 6

    static func judge(
        _ text: UnsafeRawBufferPointer, of element: ValueType, _ encoding: ValueEncoding
    ) -> ValueAnswer {
        var array = ArrayText(element: element, encoding: encoding, cursor: TextCursor(text))
        return array.whole()
    }

    private init(element: ValueType, encoding: ValueEncoding, cursor: TextCursor) {
        (self.element, self.encoding, self.cursor) = (element, encoding, cursor)
    }

    private mutating func whole() -> ValueAnswer {
        cursor.skipSpace()
        let bounds = cursor.peek == UInt8(ascii: "[") ? bounds() : []
        guard let bounds else { return .unknown }
        if isBeyondBounds { return .doesNotFit }
        guard cursor.peek == ASCII.openBrace else { return .doesNotFit }
        guard items(depth: 0) else { return answer == .unknown ? .unknown : .doesNotFit }
        cursor.skipSpace()
        guard cursor.isAtEnd else { return .doesNotFit }
        if !bounds.isEmpty, counts != bounds.map({ $0 }) { return .doesNotFit }
        return answer
    }

    /// Moves past `[1:3][-1:2]=`.
    /// - Returns: how many items there are in each dimension; nil where it is not as servers print it.
    private mutating func bounds() -> [Int]? {
        var bounds: [Int] = []
        while cursor.take(UInt8(ascii: "[")) {
            guard let lower = bound(), cursor.take(UInt8(ascii: ":")), let upper = bound(), lower <= upper,
                cursor.take(UInt8(ascii: "]"))
            else { return nil }
            if upper == Int(Int32.max) { isBeyondBounds = true }
            bounds.append(upper - lower + 1)
        }
        return cursor.take(UInt8(ascii: "=")) && bounds.count <= Self.mostDimensions ? bounds : nil
    }

    private mutating func bound() -> Int? {
        let isNegative = cursor.take(UInt8(ascii: "-"))
        var value = 0
        var count = 0
        while count < 10, let byte = cursor.peek, ASCII.isDigit(byte) {
            value = value * 10 + Int(byte - 0x30)
            count += 1
            cursor.skip()
        }
        guard count > 0, value < 1 << 31 else { return nil }
        return isNegative ? -value : value
    }

    /// Moves past an array, from its brace to behind the closing one.
    /// - Returns: false where it does not fit, or is not judged.
    private mutating func items(depth: Int) -> Bool {
        guard depth < Self.mostDimensions else { return false }
        if counts.count == depth { counts.append(nil) }
        cursor.skip()
        cursor.skipSpace()
        if cursor.take(ASCII.closeBrace) {
            // Releases differ about empty arrays within others.
            if depth > 0 { answer = .unknown }
            return depth == 0
        }
        var count = 0
        var isNested = false
        repeat {
            cursor.skipSpace()
            let nests = cursor.peek == ASCII.openBrace
            if count > 0, nests != isNested { return false }
            isNested = nests
            guard nests ? items(depth: depth + 1) : item() else { return false }
            count += 1
            cursor.skipSpace()
        } while cursor.take(UInt8(ascii: ","))
        // At a depth that has arrays elsewhere, or has values elsewhere.
        if isNested != (counts.count > depth + 1) { return false }
        guard cursor.take(ASCII.closeBrace), (counts[depth] ?? count) == count else { return false }
        counts[depth] = count
        return true
    }

    /// Moves past a value.
    private mutating func item() -> Bool {
        if cursor.peek == ASCII.quote { return quotedItem() }
        let start = cursor.next
        while let byte = cursor.peek, byte != UInt8(ascii: ","), byte != ASCII.closeBrace {
            if byte == ASCII.quote || byte == ASCII.openBrace { return false }
            if byte == ASCII.backslash {
                answer = .unknown
                return false
            }
            cursor.skip()
        }
        var end = cursor.next
        while end > start, ASCII.isSpace((end - 1).load(as: UInt8.self)) { end -= 1 }
        let text = UnsafeRawBufferPointer(start: start, count: end - start)
        if text.isEmpty { return false }
        var word = TextCursor(text)
        if word.take(word: "null"), word.isAtEnd { return true }
        return take(element.judge(text, encoding))
    }

    private mutating func quotedItem() -> Bool {
        cursor.skip()
        var text: [UInt8] = []
        while let byte = cursor.peek, byte != ASCII.quote {
            cursor.skip()
            guard byte == ASCII.backslash else {
                text.append(byte)
                continue
            }
            guard let escaped = cursor.peek else { return false }
            text.append(escaped)
            cursor.skip()
        }
        guard cursor.take(ASCII.quote) else { return false }
        cursor.skipSpace()
        guard cursor.peek == UInt8(ascii: ",") || cursor.peek == ASCII.closeBrace else { return false }
        return take(text.withUnsafeBytes { element.judge($0, encoding) })
    }

    private mutating func take(_ judged: ValueAnswer) -> Bool {
        if judged == .unknown { answer = .unknown }
        return judged != .doesNotFit
    }
}
