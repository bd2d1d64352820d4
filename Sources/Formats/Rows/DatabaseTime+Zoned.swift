extension DatabaseTime {
    /// Reads a `timestamptz` as a server prints it in any time zone: `2022-07-01 14:00:00.5+02`, `1880-01-01
    /// 00:53:28+00:53:28`, `0044-03-15 12:00:00-03:30 BC`. ``description`` is then the same moment in UTC.
    /// - Returns: nil for any other text.
    package init?(zoned text: UnsafeRawBufferPointer) {
        let end = text.suffix(3).elementsEqual(" BC".utf8) ? text.count - 3 : text.count
        let isSign = { (byte: UInt8) in byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") }
        guard let space = text.firstIndex(of: UInt8(ascii: " ")), space < end,
            let sign = text[space..<end].lastIndex(where: isSign),
            let offset = Self.seconds(text[(sign + 1)..<end]),
            let local = DatabaseTime(String(decoding: text[..<sign], as: UTF8.self) + (end < text.count ? " BC" : "")),
            local.form == .timestamp
        else { return nil }
        let day: Int64 = 86_400_000_000
        let moved = local.microseconds + (text[sign] == UInt8(ascii: "+") ? -offset : offset) * 1_000_000
        let days = (moved >= 0 ? moved : moved - day + 1) / day
        self.init(days: local.days + days, microseconds: moved - days * day, form: .timestampWithTimeZone)
    }

    /// Whether a field of a row is a `timestamptz` in UTC, or needs no time zone: NULL, an infinity.
    @inline(__always)
    package static func isInUTC(_ field: UnsafeRawBufferPointer) -> Bool {
        let count = field.count
        guard count >= 11 else { return true }
        if field[count - 3] == UInt8(ascii: "+") {
            return field[count - 2] == UInt8(ascii: "0") && field[count - 1] == UInt8(ascii: "0")
        }
        return field.suffix(6).elementsEqual("+00 BC".utf8)
    }

    /// `02`, `05:30` or `00:53:28`.
    private static func seconds(_ text: Slice<UnsafeRawBufferPointer>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count) else { return nil }
        var seconds: Int64 = 0
        for index in 0..<3 {
            guard index < parts.count else {
                seconds *= 60
                continue
            }
            let digits = parts[index]
            guard digits.count == 2, digits.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
            seconds = seconds * 60 + digits.reduce(0) { $0 * 10 + Int64($1 &- 0x30) }
        }
        return seconds
    }
}
