import Crypto

/// A checksum of a set of rows that PostgreSQL alone can compute again: the sum, modulo 2^64, of the first eight bytes
/// of the SHA-256 of each canonical row.
///
/// A server has no XXH3, so it cannot compute a ``TableDigest``, but it has had `sha256()` since version 11. The sums
/// of parts add up to the sum of the whole.
package struct ContentSum: Sendable, Equatable {
    /// The first byte of each hash is the most significant.
    package private(set) var value: UInt64 = 0

    package init() {}

    /// Adds a row in canonical form, without its newline.
    @inline(__always)
    package mutating func add(row: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        hasher.update(bufferPointer: row)
        value &+= hasher.finalize().withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    /// Adds other rows.
    package mutating func add(_ other: ContentSum) { value &+= other.value }

    /// Takes rows away that were added before.
    package mutating func subtract(_ other: ContentSum) { value &-= other.value }
}

/// Encoded as decimal text: many readers of JSON lose digits of numbers beyond 2^53.
extension ContentSum: Codable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let number = UInt64(text), String(number) == text else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "it is not a whole number from 0 to 2^64 - 1 in decimal")
        }
        value = number
    }
}

extension ContentSum: CustomStringConvertible {
    package var description: String { String(value) }
}
