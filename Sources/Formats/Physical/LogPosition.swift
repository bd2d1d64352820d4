/// A position in the write-ahead log: an LSN, in bytes (PostgreSQL documentation, "pg_lsn Type").
package struct LogPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let value: UInt64

    package init(_ value: UInt64) { self.value = value }

    /// Reads `16/B374D848`: two numbers of up to eight hex digits.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2,
            let high = Self.number(parts[0]), let low = Self.number(parts[1])
        else { return nil }
        value = UInt64(high) << 32 | UInt64(low)
    }

    private static func number(_ text: some StringProtocol) -> UInt32? {
        guard (1...8).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "+") else { return nil }
        return UInt32(text, radix: 16)
    }

    package static func < (one: LogPosition, other: LogPosition) -> Bool { one.value < other.value }

    package var description: String {
        String(value >> 32, radix: 16, uppercase: true) + "/"
            + String(value & 0xFFFF_FFFF, radix: 16, uppercase: true)
    }
}
