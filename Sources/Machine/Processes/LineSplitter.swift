/// Cuts a stream of bytes into lines. A line longer than the limit is cut short, so a child that never prints a
/// newline cannot fill our memory.
package struct LineSplitter {
    private var partial: [UInt8] = []
    private let limit: Int

    /// - Parameter limit: bytes kept of one line.
    package init(limit: Int) { self.limit = limit }

    /// The lines completed by these bytes, without their newlines. Bytes that are not UTF-8 are replaced.
    package mutating func lines(adding bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            keep(rest[..<end])
            lines.append(String(decoding: partial, as: UTF8.self))
            partial.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        keep(rest)
        return lines
    }

    /// What is left after the last newline, or nil.
    package mutating func rest() -> String? {
        defer { partial = [] }
        return partial.isEmpty ? nil : String(decoding: partial, as: UTF8.self)
    }

    private mutating func keep(_ bytes: ArraySlice<UInt8>) {
        partial.append(contentsOf: bytes.prefix(limit - min(limit, partial.count)))
    }
}

/// The last bytes of a stream.
struct Tail {
    private var bytes: [UInt8] = []
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: [UInt8]) {
        bytes.append(contentsOf: more)
        // Trimmed in large steps, so that appending stays cheap.
        if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
    }

    var text: String { String(decoding: bytes.suffix(limit), as: UTF8.self) }
}
