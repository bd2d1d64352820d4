import CXXHash

/// A digest of a set of rows that does not depend on their order: how many rows there are, how many bytes, and the sum
/// of a hash of each row.
///
/// The hash is XXH3-128 of the row's canonical form; the sum is taken modulo 2^128. It is a sum and not an exclusive
/// or, because an exclusive or would not notice that a row is there two times more. Sums of parts add up to the sum of
/// the whole, so digests merge across threads, page ranges, files and partitions.
///
/// The canonical form of a row is what `COPY … TO STDOUT` (text format) writes of it in UTF-8, without its newline,
/// with the server's settings as ``CanonicalSettings`` has them.
package struct TableDigest: Sendable, Equatable {
    package private(set) var rows: Int64 = 0
    /// Bytes of the canonical rows, including the newline of each.
    package private(set) var bytes: Int64 = 0
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    package init() {}

    /// Adds a row in canonical form, without its newline.
    @inline(__always)
    package mutating func add(row: UnsafeRawBufferPointer) {
        var (low, high): (UInt64, UInt64) = (0, 0)
        pgassay_xxh3_128(row.baseAddress, row.count, &low, &high)
        rows += 1
        bytes += Int64(row.count) + 1
        add(low, high)
    }

    /// Adds a row in canonical form that came in pieces.
    package mutating func add(row: RowHash.Value) {
        rows += 1
        bytes += row.count + 1
        add(row.low, row.high)
    }

    /// Adds other rows.
    package mutating func add(_ other: TableDigest) {
        rows += other.rows
        bytes += other.bytes
        add(other.low, other.high)
    }

    @inline(__always)
    private mutating func add(_ low: UInt64, _ high: UInt64) {
        let (sum, carry) = self.low.addingReportingOverflow(low)
        self.low = sum
        self.high = self.high &+ high &+ (carry ? 1 : 0)
    }

    /// The sum of the hashes: 32 lowercase hex digits, the most significant first.
    package var hash: String { Self.hex(high) + Self.hex(low) }

    private static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension TableDigest: Codable {
    private enum CodingKeys: String, CodingKey { case rows, bytes, hash }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rows, forKey: .rows)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(hash, forKey: .hash)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rows = try container.decode(Int64.self, forKey: .rows)
        bytes = try container.decode(Int64.self, forKey: .bytes)
        // Each row has a newline.
        guard rows >= 0, bytes >= rows else {
            throw DecodingError.dataCorruptedError(
                forKey: .bytes, in: container, debugDescription: "it does not fit the number of rows")
        }
        let text = try container.decode(String.self, forKey: .hash)
        guard text.utf8.count == 32, text.utf8.allSatisfy({ Self.digits.contains($0) }),
            let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .hash, in: container, debugDescription: "it is not 32 lowercase hex digits")
        }
        self.low = low
        self.high = high
    }

    private static let digits = Set("0123456789abcdef".utf8)
}

extension TableDigest: CustomStringConvertible {
    package var description: String { "\(rows) rows, \(bytes) bytes, \(hash)" }
}
