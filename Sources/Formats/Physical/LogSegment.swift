/// A file of the write-ahead log, identified by its place: its name is eight hex digits each of timeline, log and
/// segment (`XLogFileName`).
package struct LogSegment: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let timeline: UInt32
    /// The number of the segment, counted from the beginning of the log.
    package let number: UInt64
    /// Bytes of each segment, a power of two from 1 MiB to 1 GiB.
    package let size: UInt64

    package static let sizes: ClosedRange<UInt64> = (1 << 20)...(1 << 30)

    package init(timeline: UInt32, number: UInt64, size: UInt64) {
        self.timeline = timeline
        self.number = number
        self.size = size
    }

    /// The segment that holds a position.
    package init(of position: LogPosition, timeline: UInt32, size: UInt64) {
        self.init(timeline: timeline, number: position.value / size, size: size)
    }

    /// - Returns: nil where the name is not that of a whole segment of this size.
    package init?(name: String, size: UInt64) {
        let digits = Array(name.utf8)
        let allowed = Set("0123456789ABCDEF".utf8)
        guard digits.count == 24, digits.allSatisfy(allowed.contains) else { return nil }
        let parts = stride(from: 0, to: 24, by: 8).map {
            UInt32(String(decoding: digits[$0..<($0 + 8)], as: UTF8.self), radix: 16)!
        }
        guard UInt64(parts[2]) < Self.perLog(size) else { return nil }
        self.init(timeline: parts[0], number: UInt64(parts[1]) * Self.perLog(size) + UInt64(parts[2]), size: size)
    }

    /// The number of segments in 4 GiB of log, which share the middle part of their names.
    private static func perLog(_ size: UInt64) -> UInt64 { (1 << 32) / size }

    package var start: LogPosition { LogPosition(number * size) }
    /// The first position after the segment.
    package var end: LogPosition { LogPosition((number &+ 1) &* size) }
    package var next: LogSegment { LogSegment(timeline: timeline, number: number &+ 1, size: size) }

    package static func < (one: LogSegment, other: LogSegment) -> Bool {
        (one.timeline, one.number) < (other.timeline, other.number)
    }

    package var description: String {
        let perLog = Self.perLog(size)
        return [UInt64(timeline), number / perLog, number % perLog].map { part in
            let digits = String(part, radix: 16, uppercase: true)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }
}
